package service

import (
	"context"
	"errors"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
)

// Examine walks through the flows of a tenant's console, changing nothing, and says what of them still matches.
func (s *Service) Examine(ctx context.Context, name string, o doctor.Options, w doctor.Walk, events event.Sink) (x *doctor.Examination, err error) {
	err = s.on(name, func(v *served) error {
		return v.use(ctx, events, func(dir *tenant.Directory) error { x, err = dir.Examine(ctx, o, w); return err })
	})
	return x, err
}

// RunFlow carries out a flow of a tenant's console that changes nothing, and returns what it has read.
func (s *Service) RunFlow(ctx context.Context, name, flow string, inputs map[string]string, events event.Sink) (r flows.Result, err error) {
	err = s.on(name, func(v *served) error {
		return v.use(ctx, events, func(dir *tenant.Directory) error { r, err = dir.RunFlow(ctx, flow, inputs); return err })
	})
	return r, err
}

// ExaminePage looks at a page that was kept in the evidence of an operation, without asking any console.
func ExaminePage(ctx context.Context, c *config.Config, k doctor.Kept, o doctor.Options) (*doctor.Examination, error) {
	fail := func(kind, err error, hint string) (*doctor.Examination, error) {
		return nil, &userops.Error{Act: "looking at a kept page", Target: k.File, Kind: kind, Cause: err, Hint: hint}
	}
	binary, err := automation.Find(c.Browser.Path, false)
	if err != nil {
		return fail(userops.ErrBrowser, err, "install a browser, or name one by browser.path")
	}
	k.Launch = automation.Options{Binary: binary}
	x, err := doctor.Page(ctx, k, o)
	switch {
	case errors.Is(err, doctor.ErrShown):
		return fail(userops.ErrBrowser, err, "see that a browser can be started here, and try again")
	case err != nil:
		return fail(userops.ErrInput, err, "name a page.mhtml out of the evidence of an operation")
	}
	return x, nil
}
