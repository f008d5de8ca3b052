package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/retention"
)

// Pruned is what was removed of the evidence, or would be.
type Pruned struct {
	Folders int   `json:"folders"`
	Bytes   int64 `json:"bytes"`
	DryRun  bool  `json:"dry_run"`
}

// Prune removes evidence that is older or larger than the configuration keeps; with dryRun it only says what that
// is. The journal and the audit log, with the hashes of what is removed, stay. What was removed is told beside an
// error, too.
func (s *Service) Prune(ctx context.Context, by string, dryRun bool) (Pruned, error) {
	p := Pruned{DryRun: dryRun}
	err := s.withRecords(ctx, func(r *records) error {
		keep := s.config.Evidence
		limits := retention.Limits{Age: time.Duration(keep.Days) * 24 * time.Hour, Bytes: int64(keep.MaxMB) << 20}
		gone, err := retention.Prune(ctx, s.config.EvidenceDir(), limits, dryRun)
		for _, f := range gone {
			p.Folders++
			p.Bytes += f.Bytes
		}
		if p.Folders > 0 && !dryRun {
			what := fmt.Sprintf("%d folders of evidence, %d bytes", p.Folders, p.Bytes)
			err = errors.Join(err, r.audit.Append(ctx, audit.Entry{Event: "pruned", Actor: by, Reason: what}))
		}
		return err
	})
	return p, err
}
