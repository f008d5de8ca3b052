package main

import (
	"fmt"
	"os"

	"github.com/billagent/billagent/internal/audit"
	"github.com/spf13/cobra"
)

func (a *app) auditCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "audit", Short: "Verify and export the audit log", Example: "  billagent audit verify\n  billagent audit export --from 2026-01-01 --out march",
	})
	c.AddCommand(a.auditVerifyCommand(), a.auditExportCommand(), a.auditKeyCommand())
	return c
}

func (a *app) auditKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "key FILE",
		Short:   "Make a signing key in a file, and print the key that verifies",
		Long:    "Make a key for audit.signing_key in a file (mode 0600, never overwritten), and print the key that verifies. Keep the latter\noutside this machine, and give it to audit verify.",
		Example: "  billagent audit key /etc/billagent/audit.key > audit.verify",
		Args:    exactly(1, "a file"),
		RunE: func(_ *cobra.Command, args []string) error {
			signing, verification, err := audit.NewKey()
			if err != nil {
				return err
			}
			f, err := os.OpenFile(args[0], os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				return usage(fmt.Errorf("keeping the signing key: %w", err))
			}
			if _, err := fmt.Fprintln(f, signing); err != nil {
				_ = f.Close()
				return fmt.Errorf("keeping the signing key: %w", err)
			}
			if err := f.Close(); err != nil {
				return fmt.Errorf("keeping the signing key: %w", err)
			}
			_, err = fmt.Fprintln(a.stdout, verification)
			return err
		},
	}
}
