package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/selectors/datafile"
	"github.com/spf13/cobra"
)

func (a *app) auditVerifyCommand() *cobra.Command {
	var key, checkpoint string
	c := &cobra.Command{
		Use:   "verify",
		Short: "Find lines of the audit log that were edited, removed, reordered or cut off, or that the journal contradicts",
		Long: `Check that every line of the audit log follows from the one before, that the signed checkpoints know them, and that log and
journal tell the same of every operation that has ended. The exit
status is not 0 if anything is wrong. Who can write to the state folder can also cut the log and its checkpoints together, or put another
key there: keep the verification key (--key) and now and then a checkpoint (--checkpoint) elsewhere.`,
		Example: "  billagent audit verify\n  billagent audit verify -o json | jq -r .last > checkpoint    # to be kept elsewhere\n  billagent audit verify --key \"$(cat audit.verify)\" --checkpoint checkpoint",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			kept := ""
			if checkpoint != "" {
				data, err := datafile.ReadFile(checkpoint, 1<<20)
				if err != nil {
					return usage(fmt.Errorf("--checkpoint: %w", err))
				}
				kept = strings.TrimRight(string(data), "\n") + "\n"
			}
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				r, err := s.Verify(ctx, key, kept)
				if err != nil {
					return err
				}
				return a.printVerification(r)
			})
		},
	}
	c.Flags().StringVar(&key, "key", "", "the key that verifies (default: the one in the state folder, which shows less)")
	c.Flags().StringVar(&checkpoint, "checkpoint", "", "a file with a checkpoint that was kept elsewhere")
	return c
}

func (a *app) printVerification(r audit.Report) error {
	if a.output == "json" || a.output == "ndjson" {
		if err := printLine(a.stdout, r); err != nil {
			return err
		}
	} else {
		for _, f := range r.Findings {
			where := "the log"
			if f.Line > 0 {
				where = fmt.Sprintf("line %d", f.Line)
			}
			if _, err := fmt.Fprintf(a.stdout, "%s: %s\n", where, f.What); err != nil {
				return err
			}
		}
		lines, points, found := counted(r.Lines, "line"), counted(r.Checkpoints, "checkpoint"), counted(len(r.Findings), "finding")
		if _, err := fmt.Fprintf(a.stdout, "%s, %d of them signed for by %s; %s\n", lines, r.Covered, points, found); err != nil {
			return err
		}
	}
	if len(r.Findings) > 0 {
		return &exitError{code: 1}
	}
	return nil
}
