package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) opsResumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "resume",
		Short: "Settle the operations of a tenant that an interrupted process left open",
		Long: `Settle what an interrupted process left open. An operation that had not come to its commit is halted: nothing was changed.
One that was at its commit is settled by reading back. Nothing is begun or pressed again. The next changing command of the
tenant does the same by itself.`,
		Example: "  billagent ops resume --tenant acme",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serveOperations(cmd, changeFlags{}, func(ctx context.Context, dir *operation.Directory) error {
				results, err := dir.Resume(ctx)
				a.live.stop()
				for _, r := range results {
					if err := a.printResult(r, true); err != nil {
						return a.unwritten(results, err)
					}
				}
				if err != nil {
					return err
				}
				if a.output == "json" || a.output == "csv" {
					if err := a.printResults(results); err != nil {
						return a.unwritten(results, err)
					}
				}
				if len(results) == 0 && a.output == "table" {
					_, err := fmt.Fprintln(a.stdout, "nothing was left open")
					return err
				}
				for _, r := range results {
					if r.Outcome == userops.Unknown {
						return &exitError{code: userops.Unknown.ExitCode()}
					}
				}
				return nil
			})
		},
	}
}
