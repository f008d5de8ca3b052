package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) offboardShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show ID",
		Short:   "Show one scheduled offboarding with all that happened to it",
		Long:    "Show one scheduled offboarding, by its id or an unmistakable beginning of it: who asked for it and why, when it is due, what\nbecame of it, and each thing that happened to it.",
		Example: "  billagent offboard show 01a20a48",
		Args:    exactly(1, "the id of a scheduled offboarding"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				one, err := s.ScheduleOf(ctx, args[0])
				if err != nil {
					return scheduleError(err)
				}
				if a.output == "json" || a.output == "ndjson" {
					return printJSON(a.stdout, one)
				}
				_, err = fmt.Fprint(a.stdout, scheduleText(one))
				return err
			})
		},
	}
}

// scheduleError gives an error about one that is scheduled the exit status that it has when one is asked for.
func scheduleError(err error) error {
	switch {
	case errors.Is(err, journal.ErrNoSchedule):
		return usage(fmt.Errorf("%w; see them with: billagent offboard list --all", err))
	case errors.Is(err, userops.ErrPast):
		return usage(err)
	case userops.Refuses(err):
		return &exitError{userops.Refused.ExitCode(), err}
	}
	return err
}

func scheduleText(s journal.Schedule) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-16s  %s\n", name, plain(value))
		}
	}
	line("schedule", s.ID)
	line("tenant", s.Tenant)
	line("offboards", s.Email)
	line("due", dueText(s))
	line("asked for as", strings.TrimSpace(s.Asked+" "+s.Zone))
	line("reason", s.Reason)
	line("by", s.RequestedBy)
	line("on behalf of", s.OnBehalfOf)
	if s.Limit > 0 {
		line("limit", fmt.Sprintf("%d deactivations within an hour", s.Limit))
	}
	line("state", scheduleWord(s))
	if s.Tries > 0 {
		line("failed so far", counted(s.Tries, "attempt"))
	}
	if s.Operation != "" {
		line("late by", (time.Duration(s.LateMS) * time.Millisecond).String())
	}
	line("because", s.Because)
	line("what to do", s.Hint)
	line("operation", s.Operation)
	if s.Stop != nil {
		line("waits", stopText(*s.Stop))
	}
	fmt.Fprintln(&b, "history")
	for _, e := range s.History {
		fmt.Fprintf(&b, "  %s  %-11s  %s", e.At.Local().Format(time.DateTime), e.What, plain(e.By))
		if e.Outcome != "" {
			fmt.Fprintf(&b, ": %s", e.Outcome)
		}
		if e.Detail != "" {
			fmt.Fprintf(&b, ": %s", plain(e.Detail))
		}
		b.WriteString("\n")
	}
	return b.String()
}
