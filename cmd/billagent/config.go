package main

import (
	"fmt"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) configCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "config", Short: "Check the configuration, or print an example", Example: "  billagent config example > ~/.config/billagent/config.yaml\n  billagent config check",
	})
	c.AddCommand(a.configCheckCommand(), &cobra.Command{
		Use: "example", Short: "Print a commented example", Example: "  billagent config example > ~/.config/billagent/config.yaml", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(config.Example)
			return err
		},
	})
	return c
}

func (a *app) configCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "check",
		Short:   "Check the configuration and print what is in effect",
		Long:    "Check the configuration, the selectors and flows of every tenant's app, and print every key in effect. Secrets are not\nfetched; where they come from is shown, except commands.",
		Example: "  billagent config check\n  BILLAGENT_LOG_LEVEL=debug billagent config check -o json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			warnings, err := service.Validate(c)
			for _, w := range warnings {
				fmt.Fprintln(a.stderr, "warning:", w)
			}
			if err != nil {
				return err
			}
			entries := c.Entries()
			switch a.output {
			case "json", "ndjson":
				m := map[string]string{}
				for _, e := range entries {
					m[e.Key] = e.Value
				}
				return printJSON(a.stdout, m)
			case "csv":
				records := make([][]string, len(entries))
				for i, e := range entries {
					records[i] = []string{e.Key, e.Value}
				}
				return a.writeRecords([]string{"key", "value"}, records)
			}
			t := newGrid("Key", "Value")
			for _, e := range entries {
				t.add(e.Key, e.Value)
			}
			if err := t.print(a.stdout); err != nil {
				return err
			}
			from := c.File
			if from == "" {
				from = "no file (" + config.DefaultFile() + " does not exist)"
			}
			_, err = fmt.Fprintf(a.stderr, "the configuration is right; read from %s, environment and flags\n", from)
			return err
		},
	}
}

// completeTenant offers the names of the configured tenants to the shell.
func (a *app) completeTenant(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	c, err := a.load()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for n := range c.Tenants {
		names = append(names, n)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
