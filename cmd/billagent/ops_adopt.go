package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) opsAdoptCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "adopt",
		Short: "Make a journal of the audit log, where the journal was lost",
		Long: `Write into the journal what the audit log tells: operations with their outcomes, which the limit of deactivations counts,
and what is frozen. What is in the journal already stays as it is. Operations of which the log has no end become unknown: look at them.
What was scheduled is named, to be scheduled again.`,
		Example: "  billagent ops adopt",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				ops, freezes, scheduled, err := s.Adopt(ctx, actor())
				if err != nil {
					return err
				}
				for _, e := range scheduled {
					a.note(fmt.Sprintf("not scheduled any more: the offboarding of %s in tenant %s %s; schedule it again, if it is still meant", e.Target, e.Tenant, e.Reason))
				}
				_, err = fmt.Fprintf(a.stdout, "%s and %s of the audit log are in the journal now\n", counted(ops, "operation"), counted(freezes, "freeze"))
				return err
			})
		},
	}
}
