package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) tenantShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Say which path serves a tenant for each operation, and why",
		Long: `Say which path serves a tenant for each operation, and why. With path auto the SCIM service is asked what it can do;
nothing is changed, and no browser is started.`,
		Example: "  billagent tenant show\n  billagent tenant show --tenant acme -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd, a.showTenant)
		},
	}
}

func (a *app) showTenant(ctx context.Context, s *service.Service) error {
	shown, err := s.Facts(ctx, "", a.tell)
	if err != nil {
		return err
	}
	a.live.stop()
	records := make([][]string, len(shown.Routes))
	for i, r := range shown.Routes {
		records[i] = []string{string(r.Action), r.Path, r.Why}
	}
	switch a.output {
	case "json":
		return printJSON(a.stdout, shown)
	case "ndjson":
		return printLine(a.stdout, shown)
	case "csv":
		return a.writeRecords([]string{"operation", "path", "why"}, records)
	}
	facts := fmt.Sprintf("tenant    %s\npath      %s\n", plain(shown.Tenant), shown.Path)
	for _, f := range []struct{ name, text string }{{"fallback", shown.Fallback}, {"scim", shown.SCIM}, {"account", shown.Account}, {"frozen", shown.Frozen}} {
		if f.text != "" {
			facts += fmt.Sprintf("%-9s %s\n", f.name, plain(f.text))
		}
	}
	if _, err := fmt.Fprintln(a.stdout, facts); err != nil {
		return err
	}
	tbl := newGrid("Operation", "Path", "Why")
	for _, r := range records {
		tbl.add(r[0], r[1], r[2])
	}
	return tbl.print(a.stdout)
}
