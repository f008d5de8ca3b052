package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/service"
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
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				who, err := a.whom(s, all)
				if err != nil {
					return err
				}
				was, err := s.Thaw(ctx, who, actor())
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
