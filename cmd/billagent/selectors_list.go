package main

import (
	"fmt"
	"strconv"

	"github.com/billagent/billagent/selectors"
	"github.com/spf13/cobra"
)

// listedVersion is what `selectors list -o json` prints of a version.
type listedVersion struct {
	Version    string                       `json:"version"`
	Layout     string                       `json:"layout"`
	Date       string                       `json:"date"`
	Covers     string                       `json:"covers"`
	File       string                       `json:"file"`
	Targets    int                          `json:"targets"`
	Candidates map[selectors.Provenance]int `json:"candidates"` // by their provenance
}

func (a *app) selectorsListCommand(of *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the versions of a console's pages, with where their candidates come from",
		Example: "  billagent selectors list\n  billagent selectors list -o json", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			lib, _, err := a.library(*of)
			if err != nil {
				return err
			}
			var all []listedVersion
			for _, v := range lib.Versions {
				all = append(all, listedVersion{v.ID, v.Layout, v.Date, v.Covers, v.File(), len(v.Targets), v.Standings()})
			}
			standings := []selectors.Provenance{selectors.Observed, selectors.Documented, selectors.Recorded, selectors.Guessed}
			columns := []string{"version", "layout", "date", "covers", "file", "targets"}
			for _, s := range standings {
				columns = append(columns, string(s))
			}
			record := func(v listedVersion) []string {
				out := []string{v.Version, v.Layout, v.Date, v.Covers, v.File, strconv.Itoa(v.Targets)}
				for _, s := range standings {
					out = append(out, strconv.Itoa(v.Candidates[s]))
				}
				return out
			}
			if printed, err := printRecords(a, all, columns, record); printed {
				return err
			}
			t := newGrid("Version", "Layout", "Date", "Covers", "Targets", "Observed", "Documented", "Recorded", "Guessed")
			for _, v := range all {
				t.add(v.Version, v.Layout, v.Date, v.Covers, v.Targets, v.Candidates[selectors.Observed], v.Candidates[selectors.Documented],
					v.Candidates[selectors.Recorded], v.Candidates[selectors.Guessed])
			}
			if err := t.print(a.stdout); err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.stderr, "the last four columns count candidates by where they come from")
			return err
		},
	}
}
