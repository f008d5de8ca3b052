package main

import (
	"errors"
	"os"
	"os/user"

	"github.com/billagent/billagent/internal/service"
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
	c.Flags().Lookup("dry-run").NoOptDefVal = string(service.UpToCommit)
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

// asked says to the service who asks, and how.
func (f *changeFlags) asked() service.Asked {
	return service.Asked{By: actor(), OnBehalfOf: f.onBehalfOf, DryRun: service.Rehearsal(f.dryRun), Limit: f.limit, Reason: f.reason}
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
