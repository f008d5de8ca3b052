package main

import (
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/spf13/cobra"
)

func (a *app) opsCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "ops", Short: "List, show and settle the operations of the journal", Example: "  billagent ops list --under-way\n  billagent ops resume",
	})
	c.AddCommand(a.opsListCommand(), a.opsShowCommand(), a.opsResumeCommand(), a.opsAdoptCommand())
	return c
}

// withRecords opens the journal and the audit log without opening any tenant.
func (a *app) withRecords(cmd *cobra.Command, do func(ctx context.Context, c *config.Config, records *tenant.Records) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	a.live = newLive(a.stderr)
	ctx := cmd.Context()
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.Timeout)
		defer cancel()
	}
	records, err := tenant.OpenRecords(ctx, c, programName())
	if err != nil {
		return err
	}
	defer a.closing("the journal", records.Close)
	return do(ctx, c, records)
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
