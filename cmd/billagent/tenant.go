package main

import "github.com/spf13/cobra"

func (a *app) tenantCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "tenant", Short: "Say what serves a tenant, or try its connection", Example: "  billagent tenant show\n  billagent tenant check --tenant acme",
	})
	c.AddCommand(a.tenantShowCommand(), a.tenantCheckCommand())
	return c
}
