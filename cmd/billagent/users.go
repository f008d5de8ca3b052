package main

import "github.com/spf13/cobra"

func (a *app) usersCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use:     "users",
		Short:   "List, get, invite, deactivate, reactivate, rename users and change their roles",
		Example: "  billagent users list --status all\n  billagent users deactivate ann@acme.example",
	})
	c.AddCommand(a.usersListCommand(), a.usersGetCommand(), a.usersInviteCommand(), a.usersDeactivateCommand(), a.usersReactivateCommand(), a.usersSetRoleCommand(), a.usersRenameCommand())
	return c
}
