package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/spf13/cobra"
)

func (a *app) flowsCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "flows", Short: "Look at what is done on a console's pages, have it explained, run and rehearsed",
		Example: "  billagent flows list\n  billagent flows explain deactivate --layout neo3",
	})
	of := c.PersistentFlags().String("app", "", "the app meant (default: that of the tenant, else bill)")
	c.AddCommand(a.flowsListCommand(of), a.flowsShowCommand(of), a.flowsNewCommand(of), a.flowsExplainCommand(of), a.flowsRunCommand(of), a.flowsRehearseCommand(of), a.validateCommand(of), a.flowsImportCommand(of), a.flowsExportCommand(of))
	return c
}

// listedFlow is what `flows list -o json` prints of a flow.
type listedFlow struct {
	Flow    string   `json:"flow"`
	Layouts []string `json:"layouts"` // empty: every layout without a flow of its own
	Changes bool     `json:"changes"`
	Inputs  []string `json:"inputs"`
	About   string   `json:"about"`
}

func (a *app) flowsListCommand(of *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the flows of an app", Example: "  billagent flows list -o json", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			lib, _, err := a.library(*of)
			if err != nil {
				return err
			}
			var all []listedFlow
			for _, f := range lib.All() {
				all = append(all, listedFlow{f.Name, append([]string{}, f.Layouts...), f.Changes, append([]string{}, f.Inputs...), f.About})
			}
			record := func(f listedFlow) []string {
				return []string{f.Flow, strings.Join(f.Layouts, " "), fmt.Sprint(f.Changes), strings.Join(f.Inputs, " "), f.About}
			}
			if printed, err := printRecords(a, all, []string{"flow", "layouts", "changes", "inputs", "about"}, record); printed {
				return err
			}
			t := newGrid("Flow", "Layout", "Changes", "About")
			for _, f := range all {
				layout, changes := "every", ""
				if len(f.Layouts) > 0 {
					layout = strings.Join(f.Layouts, ", ")
				}
				if f.Changes {
					changes = "yes"
				}
				t.add(f.Flow, layout, changes, f.About)
			}
			return t.print(a.stdout)
		},
	}
}

func (a *app) flowsExplainCommand(of *string) *cobra.Command {
	var layout string
	var mermaid bool
	c := &cobra.Command{
		Use: "explain FLOW", Short: "Say in plain sentences what a flow does, or draw it",
		Example: "  billagent flows explain deactivate --layout neo3\n  billagent flows explain sign-in --mermaid", Args: exactly(1, "a flow"),
		ValidArgsFunction: a.completeFlows(of),
		RunE: func(_ *cobra.Command, args []string) error {
			lib, _, err := a.library(*of)
			if err != nil {
				return err
			}
			f, err := flowOf(lib, args[0], layout)
			if err != nil {
				return err
			}
			text := strings.Join(f.Explain(), "\n") + "\n"
			switch {
			case mermaid:
				text = f.Mermaid()
			case a.output == "json" || a.output == "ndjson":
				return printLine(a.stdout, map[string]any{"flow": f.Name, "layouts": append([]string{}, f.Layouts...), "sentences": f.Explain()})
			}
			_, err = fmt.Fprint(a.stdout, text)
			return err
		},
	}
	c.Flags().StringVar(&layout, "layout", "", "the layout, where each has a flow of its own")
	c.Flags().BoolVar(&mermaid, "mermaid", false, "as a Mermaid flowchart instead of sentences")
	return c
}

// completeFlows offers the flows of the app to the shell.
func (a *app) completeFlows(of *string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		lib, _, err := a.library(*of)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return flowNames(lib), cobra.ShellCompDirectiveNoFileComp
	}
}

func flowNames(lib *flows.Library) (out []string) {
	for _, f := range lib.All() {
		if !slices.Contains(out, f.Name) {
			out = append(out, f.Name)
		}
	}
	return out
}

// flowOf finds the flow of a name for a layout, which need not be given where there is one flow for all.
func flowOf(lib *flows.Library, name, layout string) (*flows.Flow, error) {
	if f, ok := lib.Flow(name, layout); ok {
		return f, nil
	}
	named := lib.Named(name)
	if len(named) == 1 && layout == "" {
		return named[0], nil
	}
	var layouts []string
	for _, f := range named {
		layouts = append(layouts, f.Layouts...)
	}
	switch {
	case len(layouts) > 0 && layout == "":
		return nil, usage(errors.New("each layout has a flow of its own: choose one with --layout " + strings.Join(layouts, ", ")))
	case len(layouts) > 0:
		return nil, usage(fmt.Errorf("flow %s is there for layouts %s, not for %q", name, strings.Join(layouts, ", "), layout))
	}
	return nil, usage(fmt.Errorf("there is no flow %q: flows are %s", name, strings.Join(flowNames(lib), ", ")))
}
