package main

import (
	"context"
	"errors"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) offboardRescheduleCommand() *cobra.Command {
	var f whenFlags
	var reason string
	var limit int
	c := &cobra.Command{
		Use:   "reschedule ID",
		Short: "Give a scheduled offboarding another time, also one that is parked",
		Long: `Give a scheduled offboarding that was not begun another time, by its id or an unmistakable beginning of it. One that is parked, since it
was refused or it is unknown what became of it, is tried again by this alone: look first at what its hint says.`,
		Example: "  billagent offboard reschedule 01a20a48 --at \"2026-12-11 17:00\" --tz America/New_York\n  billagent offboard reschedule 01a20a48 --now",
		Args:    exactly(1, "the id of a scheduled offboarding"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("limit") && limit < 1 {
				return usage(errors.New("--limit must be at least 1"))
			}
			return a.keepWith(cmd, func(ctx context.Context, c *config.Config, s *service.Service) error {
				one, err := s.ScheduleOf(ctx, args[0])
				if err != nil {
					return scheduleError(err)
				}
				when, err := f.when(either(one.Zone, c.Tenants[one.Tenant].TimeZone))
				if err != nil {
					return err
				}
				one, err = s.Reschedule(ctx, one.ID, when, f.now, service.Asked{By: actor(), Limit: limit}, reason)
				if err != nil {
					return scheduleError(err)
				}
				return a.printScheduled([]journal.Schedule{one}, false)
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&reason, "reason", "", "why, for its history")
	c.Flags().IntVar(&limit, "limit", 0, "when it is due, allow so many deactivations within an hour")
	return c
}
