package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/billagent/billagent/selectors"
	"github.com/spf13/cobra"
)

func (a *app) selectorsShowCommand(of *string) *cobra.Command {
	return &cobra.Command{
		Use: "show VERSION [TARGET…]", Short: "Show the targets of a version, each with how it is found",
		Example: "  billagent selectors show neo3-2026-09\n  billagent selectors show neo3-2026-09 users.table user.role",
		Args:    aVersion, ValidArgsFunction: a.completeVersions(of),
		RunE: func(_ *cobra.Command, args []string) error {
			lib, _, err := a.library(*of)
			if err != nil {
				return err
			}
			v, err := versionOf(lib, args[0])
			if err != nil {
				return err
			}
			names := args[1:]
			for _, n := range names {
				if !slices.Contains(v.Names(), n) {
					return usage(fmt.Errorf("version %s has no target %q", v.ID, n))
				}
			}
			if len(names) == 0 {
				names = v.Names()
			}
			if a.output == "json" || a.output == "ndjson" {
				out := map[string]*selectors.Spec{}
				for _, n := range names {
					out[n] = v.Targets[n]
				}
				return printJSON(a.stdout, map[string]any{"version": v.ID, "layout": v.Layout, "targets": out})
			}
			for _, n := range names {
				if _, err := fmt.Fprint(a.stdout, targetText(n, v.Targets[n])); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func aVersion(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage(errors.New("name a version: billagent selectors list shows them"))
	}
	return nil
}

// targetText is a target as a person reads it.
func targetText(name string, s *selectors.Spec) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", name)
	for i, c := range s.Candidates {
		fmt.Fprintf(&b, "  %d. %s  (%s)\n", i+1, plain(c.String()), source(c))
	}
	if s.Within != "" {
		fmt.Fprintf(&b, "  within %s\n", s.Within)
	}
	if s.Counter != "" {
		fmt.Fprintf(&b, "  counter %s\n", plain(s.Counter))
	}
	if s.Table != nil {
		b.WriteString(tableText(s.Table))
	}
	return b.String()
}

func tableText(t *selectors.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  rows %s, told apart by %s\n", plain(t.Rows), t.Key)
	for _, line := range []struct{ name, text string }{{"cells", t.Cells}, {"header cells", t.Headers}} {
		if line.text != "" {
			fmt.Fprintf(&b, "  %s %s\n", line.name, plain(line.text))
		}
	}
	if t.Fold {
		b.WriteString("  keys are compared without regard to case\n")
	}
	for _, name := range slices.Sorted(maps.Keys(t.Columns)) {
		fmt.Fprintf(&b, "  column %s: %s\n", name, plain(oneJSON(t.Columns[name])))
	}
	if t.Witness != nil {
		fmt.Fprintf(&b, "  witness: %s\n", plain(oneJSON(t.Witness)))
	}
	return b.String()
}

// oneJSON is a value as JSON in one line.
func oneJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil { // texts and maps of them can be marshalled
		return err.Error()
	}
	return string(text)
}

// source is where a candidate comes from.
func source(c selectors.Candidate) string {
	out := string(c.Provenance)
	if c.Date != "" {
		out += " " + c.Date
	}
	if c.Evidence != "" {
		out += ", evidence " + plain(c.Evidence)
	}
	return out
}
