package main

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/selectors"
	"github.com/spf13/cobra"
)

func (a *app) selectorsCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "selectors", Short: "Look at what is known of a console's pages, compare versions, begin a new one, and repair one",
		Example: "  billagent selectors list\n  billagent selectors show neo3-2026-09 users.table",
	})
	of := c.PersistentFlags().String("app", "", "the app meant (default: that of the tenant, else bill)")
	c.AddCommand(a.selectorsListCommand(of), a.selectorsShowCommand(of), a.selectorsDiffCommand(of), a.selectorsNewCommand(of),
		a.selectorsRepairCommand(), a.selectorsPickCommand(), a.selectorsPromoteCommand(), a.selectorsShareCommand(of), a.validateCommand(of))
	return c
}

// library loads the selectors and flows of an app: the one named, else the tenant's, else bill. It needs no
// configuration.
func (a *app) library(name string) (*flows.Library, *config.Config, error) {
	c, err := a.load()
	if err != nil {
		return nil, nil, err
	}
	if name == "" {
		name = service.App(c)
	}
	lib, err := service.Library(c, name)
	return lib, c, err
}

// versionOf finds a version by its id.
func versionOf(lib *flows.Library, id string) (*selectors.Version, error) {
	var known []string
	for _, v := range lib.Versions {
		if v.ID == id {
			return v, nil
		}
		known = append(known, v.ID)
	}
	return nil, usage(fmt.Errorf("there is no version %q: versions are %s", id, strings.Join(known, ", ")))
}

// validateCommand holds selectors and flows of an app against each other.
func (a *app) validateCommand(of *string) *cobra.Command {
	return &cobra.Command{
		Use: "validate", Short: "Check the selectors and flows of an app, and name every mistake by file, line and column",
		Example: "  billagent selectors validate --app bill\n  billagent flows validate", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			lib, _, err := a.library(*of)
			if err != nil {
				return err
			}
			if a.output == "json" || a.output == "ndjson" {
				return printLine(a.stdout, map[string]any{
					"app": lib.App.Name, "versions": len(lib.Versions), "flows": len(lib.All()), "warnings": append([]string{}, lib.Warnings...),
				})
			}
			for _, w := range lib.Warnings {
				if _, err := fmt.Fprintln(a.stdout, "warning:", w); err != nil {
					return err
				}
			}
			versions, all, warnings := counted(len(lib.Versions), "version"), counted(len(lib.All()), "flow"), counted(len(lib.Warnings), "warning")
			_, err = fmt.Fprintf(a.stdout, "app %s: %s and %s are right; %s\n", lib.App.Name, versions, all, warnings)
			return err
		},
	}
}

// completeVersions offers the versions of the app to the shell.
func (a *app) completeVersions(of *string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		lib, _, err := a.library(*of)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var ids []string
		for _, v := range lib.Versions {
			ids = append(ids, v.ID)
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	}
}

// overlayFile is where a file of one's own lies, in the overlay folder of the configuration.
func overlayFile(c *config.Config, kind, app, name string) (string, error) {
	if c.Overlay == "" {
		return "", usage(errors.New("set overlay in the configuration to the folder that is to have files of your own"))
	}
	return path.Join(c.Overlay, kind, app, name), nil
}
