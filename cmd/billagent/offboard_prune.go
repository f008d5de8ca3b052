package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) offboardPruneCommand() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use:   "prune",
		Short: "Remove scheduled offboardings that ended longer ago than schedule.keep_days",
		Long: `Remove from the journal the scheduled offboardings that have ended, or were cancelled, longer ago than schedule.keep_days, with what happened to
them. What needs a person stays, and so do operations and the audit log.`,
		Example: "  billagent offboard prune --dry-run",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				p, err := s.PruneEnded(ctx, actor(), dryRun)
				if err != nil {
					return err
				}
				if a.output == "json" || a.output == "ndjson" {
					return printLine(a.stdout, p)
				}
				verb := map[bool]string{true: "would be removed", false: "removed"}[dryRun]
				_, err = fmt.Fprintf(a.stdout, "%s %s, and %s of what happened\n", counted(int(p.Schedules), "scheduled offboarding"), verb, counted(int(p.Events), "note"))
				return err
			})
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be removed, and remove nothing")
	return c
}
