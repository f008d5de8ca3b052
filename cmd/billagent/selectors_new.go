package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"

	"github.com/spf13/cobra"
)

func (a *app) selectorsNewCommand(of *string) *cobra.Command {
	var from, layout string
	c := &cobra.Command{
		Use: "new --from VERSION", Short: "Begin a new version in the overlay folder, as a copy of another with today's date",
		Long: `Begin a new version in the overlay folder: a copy of another, with today's date and the name of its layout and month. Correct it there; nothing
that ships is changed. Its fingerprints must tell it from the one that it was copied from, or the tenant must name it with selector_version.`,
		Example: "  billagent selectors new --from neo3-2026-09\n  billagent selectors new --from neo3-2026-09 --layout neo4", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if from == "" {
				return usage(errors.New("name the version to begin from with --from"))
			}
			lib, conf, err := a.library(*of)
			if err != nil {
				return err
			}
			v, err := versionOf(lib, from)
			if err != nil {
				return err
			}
			if layout == "" {
				layout = v.Layout
			}
			if !layoutName.MatchString(layout) {
				return usage(fmt.Errorf("--layout is %q: a layout is named by lower-case letters, digits and hyphens", layout))
			}
			id := layout + "-" + a.month()
			file, err := overlayFile(conf, "selectors", lib.App.Name, id+".yaml")
			if err != nil {
				return err
			}
			text, err := v.Copy(layout, a.day)
			if err != nil {
				return err
			}
			if err := writeNew(file, text); err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "version %s begins as %s in %s\nIt matches the same pages: correct its fingerprints before the next command, or set selector_version.\n", id, v.ID, file)
			return err
		},
	}
	c.Flags().StringVar(&from, "from", "", "the version to begin from")
	c.Flags().StringVar(&layout, "layout", "", "the layout of the new version (default: that of the one it is copied from)")
	must(c.RegisterFlagCompletionFunc("from", a.completeVersions(of)))
	return c
}

var layoutName = regexp.MustCompile(`^[a-z0-9-]+$`)

// writeNew writes a file that does not exist yet, and the folders that it lies in.
func writeNew(file string, text []byte) error {
	if err := os.MkdirAll(path.Dir(file), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return usage(fmt.Errorf("nothing is overwritten: %w", err))
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
