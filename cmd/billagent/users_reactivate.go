package main

import (
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) usersReactivateCommand() *cobra.Command {
	return a.batchCommand(&cobra.Command{
		Use:     "reactivate EMAIL…",
		Short:   "Give deactivated users their access back",
		Example: "  billagent users reactivate ann@acme.example\n  billagent users reactivate --from returners.csv",
	}, userops.Reactivate, nil)
}
