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
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/userops"
)

// Environment are what a tenant's path needs of the program around it.
type Environment struct {
	Log      *slog.Logger
	Progress func(step string)
	// Read is told of those who are listed when they are read, before the list is proved. May be nil.
	Read func(userops.User)
	// Ask has a person type a verification code. Nil where nobody is there.
	Ask func(ctx context.Context, question string) (string, error)
	// Observer sees every protocol call; for tests.
	Observer automation.Observer
	// Lend gives the browser path a browser, for tests.
	Lend automation.Lender
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
	d := &Directory{config: c, name: name, tenant: t, around: around, logged: map[Route]bool{}}
	for _, r := range registered {
		if !r.uses(t) {
			continue
		}
		m := &member{registration: r}
		d.members = append(d.members, m)
		if r.cheap {
			if _, err := d.open(context.Background(), m); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// Check makes sure of what can be known of every tenant without asking anybody. Warnings are of what is not wrong,
// but could be safer.
func Check(c *config.Config) (warnings []string, err error) {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(c.Tenants)) {
		for _, r := range registered {
			if !r.uses(c.Tenants[name]) {
				continue
			}
			more, err := r.check(c, name, c.Tenants[name])
			errs = append(errs, err)
			for _, w := range more {
				if !slices.Contains(warnings, w) {
					warnings = append(warnings, w)
				}
			}
		}
	}
	return warnings, errors.Join(errs...)
}
