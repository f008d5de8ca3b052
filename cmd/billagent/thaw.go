package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/spf13/cobra"
)

func (a *app) thawCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:     "thaw",
		Short:   "End a freeze",
		Long:    "End the freeze of a tenant, or with --all the one of every tenant. The two are apart: one does not end the other.",
		Example: "  billagent thaw --tenant acme\n  billagent thaw --all",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withRecords(cmd, func(ctx context.Context, c *config.Config, records *tenant.Records) error {
				who, err := a.whom(c, all)
				if err != nil {
					return err
				}
				if err := records.Trusted(); err != nil { // what else was frozen went with the journal
					return err
				}
				if err := operation.CatchUpFreezes(ctx, records.Journal, records.Audit); err != nil {
					return err
				}
				// Told first: a thaw that cannot be told does not happen.
				if err := records.Audit.Append(ctx, audit.Entry{Event: "thaw", Actor: actor(), Tenant: who}); err != nil {
					return err
				}
				was, err := records.Journal.Thaw(ctx, who)
				if err != nil {
					return err
				}
				text := " no longer frozen"
				if !was {
					text = " not frozen; nothing was changed"
				}
				_, err = fmt.Fprintln(a.stdout, whomText(who)+text)
				return err
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "every tenant")
	return c
}
