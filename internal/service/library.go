package service

import (
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/tenant"
)

// Library loads the selectors and flows of an app, those of the configuration's overlay folder before those that ship. The error is
// an *userops.Error of ErrConfig that names every mistake by file, line and column.
func Library(c *config.Config, app string) (*flows.Library, error) { return tenant.Library(c, app) }

// App is the app of the tenant that is meant when none is named, else bill.
func App(c *config.Config) string {
	if _, t, err := tenant.Choose(c, ""); err == nil && t.App != "" {
		return t.App
	}
	return "bill"
}
