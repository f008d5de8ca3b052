package main

import (
	"context"

	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) usersGetCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "get EMAIL",
		Short:   "Show one user",
		Long:    "Show the one user with an e-mail, whatever the status. The case of letters does not matter.",
		Example: "  billagent users get ann@acme.example\n  billagent users get ann@acme.example -o json",
		Args:    exactly(1, "an e-mail"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := userops.CheckEmail(args[0]); err != nil {
				return err
			}
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
				u, err := s.User(ctx, "", args[0], a.tell)
				if err != nil {
					return err
				}
				a.live.stop()
				switch a.output {
				case "json":
					return printJSON(a.stdout, u)
				case "ndjson":
					return printLine(a.stdout, u)
				case "csv":
					return a.writeRecords(userColumns, [][]string{userRecord(u)})
				}
				return printUserTable(a.stdout, []userops.User{u})
			})
		},
	}
}
