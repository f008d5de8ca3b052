package main

import (
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) usersSetRoleCommand() *cobra.Command {
	return a.batchCommand(&cobra.Command{
		Use:     "set-role EMAIL… --role ROLE",
		Short:   "Change the role of users",
		Long:    "Change the role of users. The role is named as the console names it; `billagent roles list` shows which there are.",
		Example: "  billagent users set-role ann@acme.example --role Approver\n  billagent users set-role --from roles.csv",
	}, userops.SetRole, nil)
}
