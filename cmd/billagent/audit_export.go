package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) auditExportCommand() *cobra.Command {
	var from, to, out string
	c := &cobra.Command{
		Use:     "export --out FOLDER",
		Short:   "Write a folder for each operation of a time, to be read by an auditor",
		Long:    "Write a folder for each operation of a time: a page that says who changed what for whom, before and after, with the pictures,\nits lines of the audit log, and its evidence held against the hashes in the log.",
		Example: "  billagent audit export --from 2026-03-01 --to 2026-04-01 --out march",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usage(errors.New("name a folder with --out"))
			}
			since, err := moment("from", from)
			if err != nil {
				return err
			}
			until, err := moment("to", to)
			if err != nil {
				return err
			}
			if !until.IsZero() && !since.Before(until) {
				return usage(fmt.Errorf("--from %s is not before --to %s", since.Format(time.DateTime), until.Format(time.DateTime)))
			}
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				n, err := s.Export(ctx, out, since, until)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.stdout, "%d operations written; begin with %s\n", n, filepath.Join(out, "index.html"))
				return err
			})
		},
	}
	c.Flags().StringVar(&from, "from", "", "from this date or time on, or so long ago, such as 720h")
	c.Flags().StringVar(&to, "to", "", "up to, not including, this date or time")
	c.Flags().StringVar(&out, "out", "", "a folder that does not exist yet, or is empty")
	must(c.MarkFlagDirname("out"))
	return c
}
