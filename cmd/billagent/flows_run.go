package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) flowsRunCommand(of *string) *cobra.Command {
	var inputs []string
	var dry bool
	c := &cobra.Command{
		Use: "run FLOW", Short: "Run a flow that only reads, and print what it has read; one that changes something with --dry-run alone",
		Long: `Run a flow on the tenant's console. One that only reads prints its outputs. One that changes something is run up to its commit, with --dry-run
alone: to make the change is for the commands under users, which keep a journal and have guards.`,
		Example: "  billagent flows run list-roles\n  billagent flows run deactivate --input email=ann@acme.example --dry-run",
		Args:    exactly(1, "a flow"), ValidArgsFunction: a.completeFlows(of),
		RunE: func(cmd *cobra.Command, args []string) error {
			given, err := inputsOf(inputs)
			if err != nil {
				return err
			}
			if kind, ok := userops.KindOfFlow(args[0]); ok {
				if !dry {
					return usage(fmt.Errorf("%s changes something: run it with --dry-run, or use billagent users %s", args[0], kind.Action))
				}
				return a.rehearse(cmd, kind, given, service.UpToCommit)
			}
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error { return a.runFlow(ctx, s, args[0], given) })
		},
	}
	c.Flags().StringArrayVar(&inputs, "input", nil, "an input, as name=value (may be given several times)")
	c.Flags().BoolVar(&dry, "dry-run", false, "go up to the commit, and not over it")
	return c
}

func (a *app) flowsRehearseCommand(of *string) *cobra.Command {
	var inputs []string
	c := &cobra.Command{
		Use: "rehearse FLOW", Short: "Rehearse a flow through its press, where nothing can leave that may change something, and say what it would send",
		Example: "  billagent flows rehearse set-role --input email=ann@acme.example --input role=Clerk",
		Args:    exactly(1, "a flow"), ValidArgsFunction: a.completeFlows(of),
		RunE: func(cmd *cobra.Command, args []string) error {
			given, err := inputsOf(inputs)
			if err != nil {
				return err
			}
			kind, ok := userops.KindOfFlow(args[0])
			if !ok {
				return usage(fmt.Errorf("%s changes nothing: there is no press to rehearse", args[0]))
			}
			return a.rehearse(cmd, kind, given, service.ThroughPress)
		},
	}
	c.Flags().StringArrayVar(&inputs, "input", nil, "an input, as name=value (may be given several times)")
	return c
}

// inputsOf reads --input.
func inputsOf(given []string) (map[string]string, error) {
	out := map[string]string{}
	for _, g := range given {
		name, value, ok := strings.Cut(g, "=")
		if !ok || name == "" {
			return nil, usage(fmt.Errorf("--input is %q: write it as in email=ann@acme.example", g))
		}
		out[name] = value
	}
	return out, nil
}

// rehearse rehearses the action of a flow with the inputs given.
func (a *app) rehearse(cmd *cobra.Command, kind userops.Kind, given map[string]string, how service.Rehearsal) error {
	checked, err := requestOf(kind, given)
	if err != nil {
		return err
	}
	return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
		return a.changeAll(ctx, s, []userops.Checked{checked}, service.Asked{DryRun: how}, nil, false)
	})
}

// requestOf is the action with the inputs given.
func requestOf(kind userops.Kind, given map[string]string) (userops.Checked, error) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if name != "email" && !kind.Takes(userops.Input(name)) {
			return userops.Checked{}, usage(fmt.Errorf("%s takes no input %s", kind.Flow, name))
		}
	}
	rq := userops.Request{Action: kind.Action, Email: given["email"], FirstName: given["first_name"], LastName: given["last_name"],
		Role: given["role"], TimeZone: given["time_zone"]}
	return rq.Check()
}

// runFlow runs a flow that only reads, and prints its outputs.
func (a *app) runFlow(ctx context.Context, s *service.Service, name string, inputs map[string]string) error {
	tenant, err := s.Tenant("")
	if err != nil {
		return err
	}
	res, err := s.RunFlow(ctx, tenant, name, inputs, a.tell)
	if err != nil {
		return err
	}
	a.live.stop()
	if a.output != "table" {
		return a.flowJSON(res)
	}
	for _, out := range slices.Sorted(maps.Keys(res.Texts)) {
		if _, err := fmt.Fprintf(a.stdout, "%s: %s\n", out, plain(strings.Join(res.Texts[out], ", "))); err != nil {
			return err
		}
	}
	for _, out := range slices.Sorted(maps.Keys(res.Rows)) {
		rows := res.Rows[out]
		all := fieldsOf(rows)
		found := map[string]bool{}
		for _, r := range all {
			for name := range r {
				found[name] = true
			}
		}
		columns := slices.Sorted(maps.Keys(found))
		t := newGrid(columns...)
		for _, r := range all {
			cells := make([]any, len(columns))
			for i, c := range columns {
				cells[i] = r[c]
			}
			t.add(cells...)
		}
		if err := t.print(a.stdout); err != nil {
			return err
		}
		a.note(fmt.Sprintf("%s: %s, complete: %v (%s)", out, counted(len(rows.Rows), "row"), rows.Complete, rows.Proof))
	}
	return nil
}

// fieldsOf are the rows of a table as an action reads them: columns taken apart by their patterns. What does not match
// its pattern is left out.
func fieldsOf(rows automation.Rows) []map[string]string {
	all := make([]map[string]string, 0, len(rows.Rows))
	for i := range rows.Rows {
		fields, _ := rows.Fields(i)
		all = append(all, fields)
	}
	return all
}

// flowJSON prints the outputs of a flow for a program.
func (a *app) flowJSON(res flows.Result) error {
	if a.output == "csv" {
		return usage(errors.New("the outputs of a flow have no columns in common: choose json or ndjson"))
	}
	type table struct {
		Complete bool                `json:"complete"`
		Proof    string              `json:"proof"`
		Rows     []map[string]string `json:"rows"`
	}
	rows := map[string]table{}
	for name, r := range res.Rows {
		rows[name] = table{r.Complete, r.Proof, fieldsOf(r)}
	}
	out := map[string]any{"texts": res.Texts, "rows": rows}
	if a.output == "json" {
		return printJSON(a.stdout, out)
	}
	return printLine(a.stdout, out)
}
