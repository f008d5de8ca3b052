package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/spf13/cobra"
)

func (a *app) opsAdoptCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "adopt",
		Short: "Make a journal of the audit log, where the journal was lost",
		Long: `Write into the journal what the audit log tells: operations with their outcomes, which the limit of deactivations counts,
and what is frozen. What is in the journal already stays as it is. Operations of which the log has no end become unknown: look at them.`,
		Example: "  billagent ops adopt",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withRecords(cmd, func(ctx context.Context, _ *config.Config, records *tenant.Records) error {
				entries, err := audit.Read(records.AuditDir)
				if err != nil {
					return err
				}
				ops, freezes := operation.FromAudit(entries)
				if err := records.Journal.Adopt(ctx, ops, freezes); err != nil {
					return err
				}
				text := fmt.Sprintf("%s and %s of the audit log are in the journal now", counted(len(ops), "operation"), counted(len(freezes), "freeze"))
				_, told := fmt.Fprintln(a.stdout, text)
				return errors.Join(told, records.Audit.Append(ctx, audit.Entry{Event: "adopted", Actor: actor(), Reason: text}))
			})
		},
	}
}
