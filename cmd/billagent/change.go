package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/spf13/cobra"
)

// changeFlags go with every command that changes users.
type changeFlags struct {
	dryRun     rehearsal
	onBehalfOf string
	limit      int
	reason     string
}

func (f *changeFlags) add(c *cobra.Command) {
	c.Flags().Var(&f.dryRun, "dry-run",
		"go up to the step that cannot be undone and not over it; with =through, press it where nothing can leave and show what would be sent")
	c.Flags().Lookup("dry-run").NoOptDefVal = string(upToCommit)
	c.Flags().StringVar(&f.onBehalfOf, "on-behalf-of", "", "who asked for it, for the journal and the audit log")
}

// addLimit adds what overrides the limit of deactivations.
func (f *changeFlags) addLimit(c *cobra.Command) {
	c.Flags().IntVar(&f.limit, "limit", 0, "allow so many deactivations within an hour (default: 20 % of the active users, at least 3, at most 25)")
	c.Flags().StringVar(&f.reason, "reason", "", "why --limit is given; it lands in the audit log")
}

func (f *changeFlags) check(c *cobra.Command) error {
	switch {
	case c.Flags().Changed("limit") && f.limit < 1:
		return usage(errors.New("--limit must be at least 1; to allow nothing, use: billagent freeze"))
	case f.limit > 0 && f.reason == "":
		return usage(errors.New("--limit needs --reason: it lands in the audit log"))
	case f.limit == 0 && f.reason != "":
		return usage(errors.New("--reason goes with --limit"))
	}
	return nil
}

// actor is who runs this program, for the journal and the audit log.
func actor() string {
	name := os.Getenv("USER")
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return name + "@" + host
}

// serveOperations is serve with the journal, the guards and the audit log before the tenant's path.
func (a *app) serveOperations(cmd *cobra.Command, f changeFlags, do func(ctx context.Context, dir *operation.Directory) error) error {
	return a.serve(cmd, func(ctx context.Context, c *config.Config, name string, dir *tenant.Directory) error {
		return a.withOperations(ctx, c, name, dir, f, func(dir *operation.Directory) error { return do(ctx, dir) })
	})
}

// withOperations puts the journal, the guards and the audit log before a path. The path stays the caller's to close.
func (a *app) withOperations(ctx context.Context, c *config.Config, name string, path operation.Path, f changeFlags,
	do func(dir *operation.Directory) error) error {
	records, err := tenant.OpenRecords(ctx, c, programName())
	if err != nil {
		return err
	}
	defer a.closing("the journal", records.Close)
	if err := records.Trusted(); err != nil {
		return err
	}
	p := tenant.Policy(c, name)
	p.Limit = f.limit
	dir := operation.New(operation.Options{
		Tenant: name, Inner: path, Journal: records.Journal, Audit: records.Audit, Policy: p, Override: f.reason,
		Actor: actor(), OnBehalfOf: f.onBehalfOf, DryRun: f.dryRun != none, Through: f.dryRun == throughPress,
		ReadBack: c.Tenants[name].ReadBack, Say: a.note, Log: a.logger(c.Log),
	})
	defer a.closing("what served the tenant", dir.Close)
	return do(dir)
}

// closing tells of what could not be closed in order. What was done decides the exit status, not how it was tidied up.
func (a *app) closing(what string, closeIt func() error) {
	if err := closeIt(); err != nil {
		a.note(fmt.Sprintf("%s could not be closed in order: %v", what, err))
	}
}
