package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) rolesCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "roles", Short: "Show the roles of a tenant", Example: "  billagent roles list",
	})
	c.AddCommand(&cobra.Command{
		Use: "list", Short: "List the roles on offer", Example: "  billagent roles list -o json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
				roles, err := s.Roles(ctx, "", a.tell)
				if err != nil {
					return err
				}
				a.live.stop()
				switch a.output {
				case "json":
					return printJSON(a.stdout, map[string][]string{"roles": roles})
				case "csv":
					records := make([][]string, len(roles))
					for i, r := range roles {
						records[i] = []string{r}
					}
					return a.writeRecords([]string{"role"}, records)
				}
				for _, r := range roles {
					if a.output == "ndjson" {
						err = printLine(a.stdout, map[string]string{"role": r})
					} else {
						_, err = fmt.Fprintln(a.stdout, plain(r))
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
		},
	})
	return c
}
