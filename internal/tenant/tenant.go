// Package tenant turns configuration into the Directory that serves a tenant.
package tenant

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// Environment are what a tenant's path needs of the program around it.
type Environment struct {
	Log      *slog.Logger
	Progress func(step string)
	// Ask has a person type a verification code. Nil where nobody is there.
	Ask func(ctx context.Context, question string) (string, error)
	// Observer sees every protocol call; for tests.
	Observer automation.Observer
}

// Choose finds the tenant that is meant: the named one, else the configuration's own choice, else the only one.
// The error is an *userops.Error of ErrConfig.
func Choose(c *config.Config, name string) (string, config.Tenant, error) {
	names := slices.Sorted(maps.Keys(c.Tenants))
	fail := func(why, hint string) (string, config.Tenant, error) {
		return "", config.Tenant{}, &userops.Error{Act: "choosing the tenant", Target: name, Kind: userops.ErrConfig, Cause: errors.New(why), Hint: hint}
	}
	if len(names) == 0 {
		where := c.File
		if where == "" {
			where = config.DefaultFile() + " (which does not exist)"
		}
		return fail("no tenant is configured in "+where, "write a configuration: start from the example, or look at the demonstration first")
	}
	if name == "" {
		name = c.Tenant
	}
	if name == "" && len(names) == 1 {
		name = names[0]
	}
	if name == "" {
		return fail("there are several", "name one: "+strings.Join(names, ", "))
	}
	t, ok := c.Tenants[name]
	if !ok {
		return fail("there is no such tenant", "tenants are: "+strings.Join(names, ", "))
	}
	return name, t, nil
}

// Open makes what serves the tenant. Nothing is started or asked until it is used.
func Open(c *config.Config, name string, around Environment) (*Directory, error) {
	name, t, err := Choose(c, name)
	if err != nil {
		return nil, err
	}
	if around.Log == nil {
		around.Log = slog.New(slog.DiscardHandler)
	}
	d := &Directory{name: name, tenant: t, log: around.Log}
	if t.UsesSCIM() {
		if d.scim, err = openSCIM(c, name, t, around); err != nil {
			return nil, err
		}
	}
	d.openBrowser = func(ctx context.Context) (*browserpath.Path, error) { return openBrowser(ctx, c, name, t, around) }
	return d, nil
}

// Check makes sure of what can be known of every tenant without asking anybody: the selectors and flows of its app, its
// pinned version, and the form of its scim section. Warnings are of what is not wrong, but could be safer.
func Check(c *config.Config) (warnings []string, err error) {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(c.Tenants)) {
		t := c.Tenants[name]
		if t.UsesSCIM() {
			p, err := openSCIM(c, name, t, Environment{})
			if err == nil {
				err = p.Close()
			}
			errs = append(errs, err)
		}
		if !t.UsesBrowser() {
			continue
		}
		lib, err := browserpath.LoadLibrary(t.App, c.Overlay)
		if err != nil {
			errs = append(errs, &userops.Error{Act: "loading selectors and flows", Tenant: name, Kind: userops.ErrConfig, Cause: err, Hint: "correct the files named above; those of your own are in the overlay folder"})
			continue
		}
		errs = append(errs, organised(name, t, lib))
		for _, w := range lib.Warnings {
			if !slices.Contains(warnings, w) {
				warnings = append(warnings, w)
			}
		}
		var ids []string
		for _, v := range lib.Area(selectors.Console) {
			ids = append(ids, v.ID)
		}
		if t.SelectorVersion != "" && !slices.Contains(ids, t.SelectorVersion) {
			errs = append(errs, &userops.Error{Act: "choosing the selector version", Tenant: name, Target: t.SelectorVersion, Kind: userops.ErrConfig, Cause: errors.New("there is no such version"), Hint: "versions are " + strings.Join(ids, ", ")})
		}
	}
	return warnings, errors.Join(errs...)
}
