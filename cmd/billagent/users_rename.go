package main

import (
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) usersRenameCommand() *cobra.Command {
	return a.batchCommand(&cobra.Command{
		Use:   "rename EMAIL --first-name NAME --last-name NAME",
		Short: "Give users other names",
		Long: `Give users other names; the e-mail stays. Both names are given, as the console is to show them. That the live console lets names
be edited is guessed.`,
		Example: "  billagent users rename ann@acme.example --first-name Ann --last-name Moss\n  billagent users rename --from names.csv    # email,first_name,last_name",
	}, userops.Rename, nil)
}
