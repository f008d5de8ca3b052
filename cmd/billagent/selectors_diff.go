package main

import (
	"fmt"
	"strings"

	"github.com/billagent/billagent/selectors"
	"github.com/spf13/cobra"
)

func (a *app) selectorsDiffCommand(of *string) *cobra.Command {
	return &cobra.Command{
		Use: "diff A B", Short: "Show the targets in which two versions differ", Example: "  billagent selectors diff neo-2026-09 neo3-2026-09",
		Args: exactly(2, "two versions"), ValidArgsFunction: a.completeVersions(of),
		RunE: func(_ *cobra.Command, args []string) error {
			lib, _, err := a.library(*of)
			if err != nil {
				return err
			}
			before, err := versionOf(lib, args[0])
			if err != nil {
				return err
			}
			after, err := versionOf(lib, args[1])
			if err != nil {
				return err
			}
			all := selectors.Diff(before, after)
			record := func(d selectors.Difference) []string {
				return []string{d.Target, specText(d.Before), specText(d.After)}
			}
			if printed, err := printRecords(a, all, []string{"target", "before", "after"}, record); printed {
				return err
			}
			for _, d := range all {
				if _, err := fmt.Fprintf(a.stdout, "%s\n%s%s", d.Target, signed("-", d.Target, d.Before), signed("+", d.Target, d.After)); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintf(a.stderr, "%s and %s differ in %s\n", before.ID, after.ID, counted(len(all), "target"))
			return err
		},
	}
}

// signed are the lines of a target, each with the sign of a removed or added one before it.
func signed(sign, name string, s *selectors.Spec) string {
	if s == nil {
		return ""
	}
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSuffix(targetText(name, s), "\n"), "\n")[1:] {
		fmt.Fprintf(&b, "%s%s\n", sign, line)
	}
	return b.String()
}

// specText is a target in one field; empty for none.
func specText(s *selectors.Spec) string {
	if s == nil {
		return ""
	}
	return oneJSON(s)
}
