package main

import "github.com/spf13/cobra"

func (a *app) usersCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use:     "users",
		Short:   "List, get, invite, deactivate, reactivate and re-role users",
		Example: "  billagent users list --status all\n  billagent users deactivate ann@acme.example",
	})
	c.AddCommand(a.usersListCommand(), a.usersGetCommand(), a.usersInviteCommand(), a.usersDeactivateCommand(), a.usersReactivateCommand(), a.usersSetRoleCommand())
	return c
}
