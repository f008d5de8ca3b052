package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func (a *app) opsCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "ops", Short: "List, show and settle the operations of the journal", Example: "  billagent ops list --under-way\n  billagent ops resume",
	})
	c.AddCommand(a.opsListCommand(), a.opsShowCommand(), a.opsResumeCommand(), a.opsAdoptCommand())
	return c
}

// moment reads a time given as a date, a date and time, or how long ago, such as 24h.
func moment(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(s); err == nil && d > 0 {
		return time.Now().Add(-d), nil
	}
	for _, form := range []string{time.DateOnly, time.DateTime, "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(form, s, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usage(fmt.Errorf("--%s is %q: write a date (2026-03-31), a time (2026-03-31 17:00) or how long ago (24h)", flag, s))
}
