package main

import (
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) usersInviteCommand() *cobra.Command {
	var reactivate bool
	c := a.batchCommand(&cobra.Command{
		Use:   "invite EMAIL… --first-name NAME --last-name NAME --role ROLE",
		Short: "Add users; the console mails them an activation link",
		Long: `Add users. The role has no default, since a console that is not told makes an administrator; it is named as the
console names it. An e-mail that is active already is "already"; one that belongs to an inactive user halts,
unless --reactivate is given.`,
		Example: "  billagent users invite eve@acme.example --first-name Eve --last-name Moss --role Approver\n  billagent users invite --from joiners.csv    # email,first_name,last_name,role",
	}, userops.Invite, func(rq *userops.Request) { rq.Reactivate = reactivate })
	c.Flags().BoolVar(&reactivate, "reactivate", false, "reactivate an inactive user of that e-mail instead of halting")
	return c
}
