package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) flowsShowCommand(of *string) *cobra.Command {
	var layout string
	c := &cobra.Command{
		Use: "show FLOW", Short: "Print a flow's file, or with app.yaml or parts-LAYOUT.yaml what flows have in common",
		Example: "  billagent flows show deactivate --layout neo3\n  billagent flows show app.yaml",
		Args:    exactly(1, "a flow"), ValidArgsFunction: a.completeFlows(of),
		RunE: func(_ *cobra.Command, args []string) error {
			lib, _, err := a.library(*of)
			if err != nil {
				return err
			}
			for _, s := range lib.Sources("") {
				if s.Name == args[0] {
					_, err := fmt.Fprint(a.stdout, s.Text)
					return err
				}
			}
			f, err := flowOf(lib, args[0], layout)
			if err != nil {
				return err
			}
			file, text := f.File()
			if a.output == "json" || a.output == "ndjson" {
				return printLine(a.stdout, map[string]any{"flow": f.Name, "layouts": append([]string{}, f.Layouts...), "file": file, "text": text})
			}
			_, err = fmt.Fprintf(a.stdout, "# %s\n%s", file, text)
			return err
		},
	}
	c.Flags().StringVar(&layout, "layout", "", "the layout, where each has a flow of its own")
	return c
}
