package main

import (
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) usersDeactivateCommand() *cobra.Command {
	return a.batchCommand(&cobra.Command{
		Use:     "deactivate EMAIL…",
		Short:   "Take access from users",
		Long:    "Take access from users. Nobody is deleted: a deactivated user can be reactivated. The program's own account, the\nlast active administrator, people on the protected list and more people than the limit allows are refused.",
		Example: "  billagent users deactivate ann@acme.example\n  billagent users deactivate --from leavers.csv -o ndjson",
	}, userops.Deactivate, nil)
}
