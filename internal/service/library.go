package service

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors/datafile"
)

// Library loads the selectors and flows of an app, those of the configuration's overlay folder before those that ship.
// The error is an *userops.Error of ErrConfig that names every mistake by file, line and column.
func Library(c *config.Config, app string) (*flows.Library, error) { return tenant.Library(c, app) }

// App is the app of the tenant that is meant when none is named, else bill.
func App(c *config.Config) string {
	if _, t, err := tenant.Choose(c, ""); err == nil && t.App != "" {
		return t.App
	}
	return "bill"
}

// Performs says that flows of a name are performed by more than their name, such as by an action.
func Performs(flow string) bool { return tenant.Performs(flow) }

// fileBound is how large a file of the overlay may be.
const fileBound = 1 << 20

// Tried is the library as it would be if files stood in the overlay folder, by their names in it, or what would be wrong
// with it. Nothing is written there.
func Tried(c *config.Config, app string, files map[string]string) (lib *flows.Library, problems []string, err error) {
	dir, err := os.MkdirTemp("", "billagent-")
	if err != nil {
		return nil, nil, storage("trying files of the overlay folder", dir, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	all := map[string]string{}
	for _, kind := range []string{"flows", "selectors"} {
		if c.Overlay == "" {
			continue
		}
		found, err := filepath.Glob(filepath.Join(c.Overlay, kind, app, "*.yaml"))
		if err != nil {
			return nil, nil, storage("reading the overlay folder", "", err)
		}
		for _, f := range found {
			text, err := datafile.ReadFile(f, fileBound)
			if err != nil {
				return nil, nil, storage("reading the overlay folder", "", err)
			}
			all[filepath.Join(kind, app, filepath.Base(f))] = string(text)
		}
	}
	maps.Copy(all, files)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return nil, nil, storage("trying files of the overlay folder", dir, err)
		}
		if err := os.WriteFile(file, []byte(all[name]), 0o600); err != nil {
			return nil, nil, storage("trying files of the overlay folder", dir, err)
		}
	}
	own := *c
	own.Overlay = dir
	lib, wrong := tenant.Library(&own, app)
	var e *userops.Error
	if errors.As(wrong, &e) {
		wrong = e.Cause
	}
	if wrong == nil {
		return lib, nil, nil
	}
	for _, l := range strings.Split(wrong.Error(), "\n") {
		problems = append(problems, strings.ReplaceAll(strings.ReplaceAll(l, dir+"/", ""), dir, "the overlay folder"))
	}
	return nil, problems, nil
}
