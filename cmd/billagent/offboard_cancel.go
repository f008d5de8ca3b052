package main

import (
	"context"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) offboardCancelCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:     "cancel ID",
		Short:   "Cancel a scheduled offboarding that was not begun",
		Long:    "Cancel a scheduled offboarding, by its id or an unmistakable beginning of it. One that is under way is not stopped, and one\nthat has ended stays so.",
		Example: "  billagent offboard cancel 01a20a48 --reason \"she stays\"",
		Args:    exactly(1, "the id of a scheduled offboarding"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				one, err := s.Unschedule(ctx, args[0], actor(), reason)
				if err != nil {
					return scheduleError(err)
				}
				return a.printScheduled([]journal.Schedule{one}, false)
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for its history")
	return c
}
