package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) tenantCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Try a tenant's connection end to end without changing anything",
		Long: `Try every path that may serve a tenant, end to end: sign in, list the users, and see what can be done and which roles are
on offer. Nothing is changed. The exit status is 2 if anything does not work.`,
		Example: "  billagent tenant check\n  billagent tenant check --tenant acme -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd, a.checkTenant)
		},
	}
}

func (a *app) checkTenant(ctx context.Context, s *service.Service) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	all := []service.Finding{}
	wrong := 0
	var unwritten error
	err = s.Check(ctx, name, func(f service.Finding) {
		all = append(all, f)
		if !f.OK {
			wrong++
		}
		a.live.stop()
		if err := a.printFinding(f); err != nil {
			unwritten = err
		}
	}, a.tell)
	if err != nil {
		return err
	}
	if unwritten != nil {
		return unwritten
	}
	switch a.output {
	case "json":
		if err := printJSON(a.stdout, map[string]any{"tenant": name, "ok": wrong == 0, "checks": all}); err != nil {
			return err
		}
	case "csv":
		records := make([][]string, len(all))
		for i, f := range all {
			records[i] = []string{f.Path, f.Check, fmt.Sprint(f.OK), f.Says, f.Hint}
		}
		if err := a.writeRecords([]string{"path", "check", "ok", "says", "hint"}, records); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return &exitError{code: userops.Halted.ExitCode()}
	}
	return nil
}

// printFinding prints a finding as it comes, in the forms that allow it.
func (a *app) printFinding(f service.Finding) (err error) {
	switch a.output {
	case "ndjson":
		err = printLine(a.stdout, f)
	case "table":
		word := map[bool]string{true: "ok    ", false: "failed"}[f.OK]
		if _, err = fmt.Fprintf(a.stdout, "%s  %-7s  %-12s  %s\n", word, f.Path, f.Check, plain(f.Says)); err == nil && f.Hint != "" {
			_, err = fmt.Fprintf(a.stdout, "        what to do: %s\n", plain(f.Hint))
		}
	}
	return err
}
