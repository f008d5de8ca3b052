package main

import (
	"context"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) inspectCommand() *cobra.Command {
	var f windowFlags
	var flow string
	var r remoteFlags
	c := &cobra.Command{
		Use: "inspect", Short: "Open a page of the console with a panel that shows live which targets match what",
		Long: `Open the tenant's console, signed in, in a window: at the page to which a flow comes before its commit, at an address, or where the console
leads after sign-in. A panel lists the targets of the version: found by the first candidate, by a fallback, several, not here. It follows the page,
and outlines what a target is when its row is pointed at or has the focus (F2 goes to the list).

The page can be used, but no request that may change something leaves; a link that is followed (GET) does. It ends with the panel's button, with
the window, or with Ctrl-C.`,
		Example: "  billagent inspect\n  billagent inspect --flow deactivate --sample ann@acme.example\n  billagent inspect --open /users", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serveShown(cmd, r, func(ctx context.Context, s *service.Service) error {
				name, err := s.Tenant("")
				if err != nil {
					return err
				}
				in := service.Inspect{Place: f.place(), StandIn: a.inspects, Ready: a.ready("the page is in the window; end it there, or with Ctrl-C")}
				in.Place.Flow = flow
				return s.Inspect(ctx, name, in, a.tell)
			})
		},
	}
	f.add(c)
	r.add(c)
	c.Flags().StringVar(&flow, "flow", "", "go to where this flow would commit, or ends")
	c.MarkFlagsMutuallyExclusive("flow", "open")
	return c
}
