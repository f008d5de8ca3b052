package main

import (
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) usersInviteCommand() *cobra.Command {
	var timeZone string
	var reactivate bool
	c := a.batchCommand(&cobra.Command{
		Use:   "invite EMAIL… --first-name NAME --last-name NAME --role ROLE",
		Short: "Add users; the console mails them an activation link",
		Long: `Add users. The role has no default, since a console that is not told makes an administrator; it is named as the
console names it. An e-mail that is active already is "already"; one that belongs to an inactive user halts,
unless --reactivate is given.`,
		Example: "  billagent users invite eve@acme.example --first-name Eve --last-name Moss --role Approver\n  billagent users invite --from joiners.csv    # email,first_name,last_name,role",
	}, columns{action: userops.Invite, role: true, names: true}, func(r row) userops.Request {
		return userops.Request{Email: r.email, FirstName: r.firstName, LastName: r.lastName, Role: r.role, TimeZone: timeZone, Reactivate: reactivate}
	})
	c.Flags().StringVar(&timeZone, "time-zone", "", "time zone in the console's words (default: as the console has it)")
	c.Flags().BoolVar(&reactivate, "reactivate", false, "reactivate an inactive user of that e-mail instead of halting")
	return c
}
