package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) evidenceCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "evidence", Short: "Remove evidence that is older or larger than may be kept", Example: "  billagent evidence prune --dry-run",
	})
	c.AddCommand(a.evidencePruneCommand())
	return c
}

func (a *app) evidencePruneCommand() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use:     "prune",
		Short:   "Remove evidence older than evidence.days, and the oldest beyond evidence.max_mb",
		Long:    "Remove evidence older than evidence.days, and the oldest beyond evidence.max_mb. The journal and the audit log, with the\nhashes of what is removed, stay.",
		Example: "  billagent evidence prune\n  BILLAGENT_EVIDENCE_DAYS=30 billagent evidence prune --dry-run",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				p, err := s.Prune(ctx, actor(), dryRun)
				if a.output == "json" || a.output == "ndjson" {
					return errors.Join(err, printLine(a.stdout, p))
				}
				verb := "removed"
				if dryRun {
					verb = "would be removed"
				}
				_, unwritten := fmt.Fprintf(a.stdout, "%s of evidence %s, %.1f MB\n", counted(p.Folders, "folder"), verb, float64(p.Bytes)/(1<<20))
				return errors.Join(err, unwritten)
			})
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be removed, and remove nothing")
	return c
}
