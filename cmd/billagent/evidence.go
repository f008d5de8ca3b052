package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/retention"
	"github.com/billagent/billagent/internal/tenant"
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
			return a.withRecords(cmd, func(ctx context.Context, c *config.Config, records *tenant.Records) error {
				limits := retention.Limits{Age: time.Duration(c.Evidence.Days) * 24 * time.Hour, Bytes: int64(c.Evidence.MaxMB) << 20}
				gone, err := retention.Prune(ctx, tenant.EvidenceDir(c), limits, dryRun)
				var bytes int64
				for _, f := range gone {
					bytes += f.Bytes
				}
				if len(gone) > 0 && !dryRun {
					what := fmt.Sprintf("%d folders of evidence, %d bytes", len(gone), bytes)
					err = errors.Join(err, records.Audit.Append(ctx, audit.Entry{Event: "pruned", Actor: actor(), Reason: what}))
				}
				if a.output == "json" || a.output == "ndjson" {
					return errors.Join(err, printLine(a.stdout, map[string]any{"folders": len(gone), "bytes": bytes, "dry_run": dryRun}))
				}
				verb := map[bool]string{true: "would be removed", false: "removed"}[dryRun]
				_, told := fmt.Fprintf(a.stdout, "%d folders of evidence %s, %.1f MB\n", len(gone), verb, float64(bytes)/(1<<20))
				return errors.Join(err, told)
			})
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be removed, and remove nothing")
	return c
}
