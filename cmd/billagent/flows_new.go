package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/selectors"
	"github.com/spf13/cobra"
)

func (a *app) flowsNewCommand(of *string) *cobra.Command {
	var name, layout string
	c := &cobra.Command{
		Use: "new APP --from LAYOUT", Short: "Begin the files of another console in the overlay folder, as a copy of those of a layout",
		Long: `Begin the files of another console: what is particular to the app (app.yaml), the flows of a layout with what they share, and the versions of the
sign-in pages and of the layout go to the overlay folder under the new name. They are valid as they are, and describe the console that they were
copied from: correct them one after the other, and have them checked by flows validate and doctor.`,
		Example: "  billagent flows new nordlicht --from neo3 --layout cards", Args: exactly(1, "an app"),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, _ := cmd.Flags().GetString("from")
			if from == "" {
				return usage(errors.New("name the layout to begin from with --from"))
			}
			name = args[0]
			if layout == "" {
				layout = from
			}
			for _, n := range []string{name, layout} {
				if !layoutName.MatchString(n) {
					return usage(fmt.Errorf("%q is no name: apps and layouts are named by lower-case letters, digits and hyphens", n))
				}
			}
			source := *of
			if c, err := a.load(); err == nil && source == "" && service.App(c) == name {
				source = "bill" // the tenant names an app that has no files yet
			}
			lib, conf, err := a.library(source)
			if err != nil {
				return err
			}
			if name == lib.App.Name {
				return usage(fmt.Errorf("%s is the app to copy from: give the new one another name", name))
			}
			written, err := a.begin(lib, conf, name, from, layout)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "%s\nName the app in the tenant (app: %s), and begin with sign_in, hosts and the words of app.yaml, then the sign-in version.\n", strings.Join(written, "\n"), name)
			return err
		},
	}
	c.Flags().String("from", "", "the layout to begin from")
	c.Flags().StringVar(&layout, "layout", "", "what the layout is called in the new app (default: as there)")
	return c
}

// begin writes the files of a layout as those of another app, and returns their names.
func (a *app) begin(lib *flows.Library, conf *config.Config, app, from, layout string) (written []string, err error) {
	write := func(kind string, s flows.Source) error {
		name, err := overlayFile(conf, kind, app, s.Name)
		if err == nil {
			err = writeNew(name, []byte(s.Text))
		}
		if err == nil {
			written = append(written, name)
		}
		return err
	}
	var versions []*selectors.Version
	for _, v := range lib.Versions {
		if v.Covers == selectors.SignIn || v.Layout == from {
			versions = append(versions, v)
		}
	}
	if !slices.ContainsFunc(versions, func(v *selectors.Version) bool { return v.Layout == from && v.Covers != selectors.SignIn }) {
		return nil, usage(fmt.Errorf("%s has no layout %q", lib.App.Name, from))
	}
	for _, v := range versions {
		to := v.Layout
		if to == from {
			to = layout
		}
		text, err := v.Copy(to, a.day)
		if err == nil {
			err = write("selectors", flows.Source{Name: to + "-" + a.month() + ".yaml", Text: string(text)}.For(app, to))
		}
		if err != nil {
			return written, err
		}
	}
	for _, s := range lib.Sources(from) {
		s = s.For(app, layout)
		s.Name = strings.Replace(s.Name, "-"+from+".", "-"+layout+".", 1)
		if err := write("flows", s); err != nil {
			return written, err
		}
	}
	return written, writeSchemas(conf)
}

// writeSchemas writes the schemas that the files name to the overlay folder, as this program has them.
func writeSchemas(conf *config.Config) error {
	all := map[string][]byte{"selectors/schema.json": selectors.Schema()}
	for name, text := range flows.Schemas() {
		all["flows/"+name] = text
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		file, err := overlayFile(conf, path.Dir(name), "", path.Base(name))
		if err != nil {
			return err
		}
		if err := os.MkdirAll(path.Dir(file), 0o750); err != nil {
			return err
		}
		if err := os.WriteFile(file, all[name], 0o640); err != nil {
			return err
		}
	}
	return nil
}
