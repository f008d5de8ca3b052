package main

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/web"
	"github.com/spf13/cobra"
)

var operatorName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

func (a *app) serveTokenCommand() *cobra.Command {
	var email, may string
	c := &cobra.Command{
		Use:   "token NAME",
		Short: "Make a token with which somebody signs in to the page of the daemon",
		Long: `Make a token with which an operator signs in to the page of the daemon. Standard output has the lines for the
configuration, with its hash; standard error has the token itself, this once: it is kept nowhere. Who is called NAME
there has a new one when the old lines are replaced and the daemon is started anew. What they do is recorded under
their e-mail.`,
		Example: "  billagent serve token ann --email ann@acme.example --may act",
		Args:    exactly(1, "a name for the operator"),
		RunE: func(_ *cobra.Command, args []string) error {
			if !operatorName.MatchString(args[0]) {
				return usage(errors.New("the name of an operator has letters, digits, - and _"))
			}
			if p, err := mail.ParseAddress(email); err != nil || p.Address != email {
				return usage(errors.New("give --email: what the operator does is recorded under it"))
			}
			if err := among("may", may, []string{config.MayView, config.MayAct}); err != nil {
				return err
			}
			token, hash := web.NewToken()
			if a.output != "table" {
				made := map[string]string{"operator": args[0], "email": email, "may": may, "token": token, "hash": hash}
				return printJSON(a.stdout, made)
			}
			lines := fmt.Sprintf("operators:\n  %s:\n    email: %q\n    may: %s\n    token: %s\n", args[0], email, may, hash)
			if _, err := fmt.Fprint(a.stdout, lines); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.stderr, "the token of %s, shown this once: %s\n", args[0], token)
			return err
		},
	}
	c.Flags().StringVar(&email, "email", "", "who it is")
	c.Flags().StringVar(&may, "may", config.MayView, "view: only look; act: cancel and reschedule, too")
	choices := cobra.FixedCompletions([]string{config.MayView, config.MayAct}, cobra.ShellCompDirectiveNoFileComp)
	must(c.RegisterFlagCompletionFunc("may", choices))
	return c
}
