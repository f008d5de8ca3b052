package main

import (
	"errors"
	"fmt"

	"github.com/billagent/billagent/internal/recording"
	"github.com/spf13/cobra"
)

// The forms in which a flow is exported.
var flowFormats = []string{"chrome-recorder", "playwright"}

func (a *app) flowsExportCommand(of *string) *cobra.Command {
	var format, layout string
	var inputs []string
	var commit bool
	c := &cobra.Command{
		Use: "export FLOW", Short: "Write a flow as a recording of Chrome DevTools Recorder, or as a test for Playwright",
		Long: `Write a flow as a recording of Chrome DevTools Recorder, or as a test for Playwright, to standard output. What cannot be expressed is marked in its
place and listed on standard error. A test stops before the commit unless the variable ALLOW_COMMIT is 1; in a recording the commit is only marked, unless
--commit is given. Secrets are in neither.`,
		Example: "  billagent flows export set-role --layout neo3 --format playwright > set-role.spec.ts\n" +
			"  billagent flows export set-role --layout neo3 --format chrome-recorder --input home=https://app.example/ --input email=ann@acme.example",
		Args: exactly(1, "a flow"), ValidArgsFunction: a.completeFlows(of),
		RunE: func(_ *cobra.Command, args []string) error {
			given, err := inputsOf(inputs)
			if err != nil {
				return err
			}
			return a.exportFlow(*of, args[0], layout, format, recording.ExportOptions{Inputs: given, Commit: commit})
		},
	}
	c.Flags().StringVar(&format, "format", "", "chrome-recorder or playwright")
	c.Flags().StringVar(&layout, "layout", "", "the layout, where each has a flow of its own")
	c.Flags().StringArrayVar(&inputs, "input", nil, "an input, as name=value (may be given several times)")
	c.Flags().BoolVar(&commit, "commit", false, "have a recording press the commit, too: who replays it makes the change")
	must(c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(flowFormats, cobra.ShellCompDirectiveNoFileComp)))
	return c
}

func (a *app) exportFlow(app, name, layout, format string, o recording.ExportOptions) error {
	lib, _, err := a.library(app)
	if err != nil {
		return err
	}
	if o.Flow, err = flowOf(lib, name, layout); err != nil {
		return err
	}
	if layout == "" && len(o.Flow.Layouts) == 1 {
		layout = o.Flow.Layouts[0]
	}
	if layout, err = layoutMeant(lib, name, layout); err != nil {
		return err
	}
	if o.Version = newest(lib, layout); o.Version == nil {
		return usage(fmt.Errorf("no selector version has the layout %s", layout))
	}
	var out *recording.Export
	switch format {
	case "chrome-recorder":
		if out, err = recording.Chrome(o); err != nil {
			return usage(err)
		}
	case "playwright":
		out = recording.Playwright(o)
	default:
		return usage(errors.New("name the form with --format: chrome-recorder or playwright"))
	}
	for _, r := range out.LeftOut {
		fmt.Fprintln(a.stderr, plain("not expressed, or not wholly: "+r.String()))
	}
	if a.output == "json" || a.output == "ndjson" {
		return printLine(a.stdout, map[string]any{"flow": name, "layout": layout, "format": format, "text": out.Text, "left_out": append([]recording.Remark{}, out.LeftOut...)})
	}
	_, err = fmt.Fprint(a.stdout, out.Text)
	return err
}
