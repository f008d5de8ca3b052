// Package tenant turns configuration into the Directory that serves a tenant.
package tenant

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// Surroundings are what a tenant's path needs of the program around it.
type Surroundings struct {
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
		return fail("no tenant is configured in "+where, "start from the example that `billagent config example` prints, or try: billagent demo")
	}
	if name == "" {
		name = c.Tenant
	}
	if name == "" && len(names) == 1 {
		name = names[0]
	}
	if name == "" {
		return fail("there are several", "name one with --tenant: "+strings.Join(names, ", "))
	}
	t, ok := c.Tenants[name]
	if !ok {
		return fail("there is no such tenant", "tenants are: "+strings.Join(names, ", "))
	}
	return name, t, nil
}

// Open makes the tenant's path. Nothing is started until it is used.
func Open(ctx context.Context, c *config.Config, name string, around Surroundings) (*browserpath.Path, error) {
	name, t, err := Choose(c, name)
	if err != nil {
		return nil, err
	}
	fail := func(act string, kind, err error, hint string) (*browserpath.Path, error) {
		return nil, &userops.Error{Act: act, Tenant: name, Kind: kind, Cause: err, Hint: hint}
	}
	lib, err := flows.Load(t.App, c.Overlay)
	if err != nil {
		return fail("loading selectors and flows", userops.ErrConfig, err, "correct the files named above; those of your own are in the overlay folder")
	}
	key := ""
	if t.SessionKey != "" {
		if key, err = t.SessionKey.Fetch(ctx); err != nil {
			return fail("fetching the session key", userops.ErrConfig, err, "check the tenant's session_key reference")
		}
	}
	box, err := seal.New(filepath.Join(c.State, "sessions"), key)
	if err != nil {
		return fail("opening the session store", userops.ErrStorage, err, "make room on the disk or choose another state folder, and check the tenant's session_key")
	}
	binary, err := automation.Find(c.Browser.Path, c.Browser.Headful)
	if err != nil {
		return fail("finding a browser", userops.ErrBrowser, err, "run: billagent browser install")
	}
	if c.Browser.Headful && binary.Kind == "headless-shell" {
		return fail("showing a window", userops.ErrConfig, fmt.Errorf("%s has none", binary.Path), "name a full Chromium by browser.path, or run: billagent browser install --full")
	}
	opts := browserpath.Options{
		Tenant: name, Library: lib, SignIn: t.SignIn, Hosts: t.Hosts, Account: t.Account, Password: t.Password.Fetch, Factor: factor(t, name, around),
		Launch:       automation.Options{Binary: binary, Headful: c.Browser.Headful, Observer: around.Observer},
		Organisation: browserpath.Organisation{ID: t.Organisation.ID, Name: t.Organisation.Name},
		Pin:          t.SelectorVersion, Sessions: box, EvidenceDir: EvidenceDir(c), MaskOthers: c.Evidence.MaskOthers, Log: around.Log, Progress: around.Progress,
		Preferences: browserpath.Preferences{MailTasks: t.Invite.MailTasks, Summary: t.Invite.Summary},
	}
	return browserpath.New(opts), nil
}

func factor(t config.Tenant, name string, around Surroundings) browserpath.Factor {
	switch t.SecondFactor.Method {
	case "totp":
		return browserpath.TOTP{Secret: t.SecondFactor.Secret.Fetch}
	case "exec":
		return browserpath.Sent{Ask: func(ctx context.Context, _ int) (string, error) { return t.SecondFactor.Command.Fetch(ctx) }, App: t.SecondFactor.Via == "authenticator",
			Do: "run the command of second_factor.command by hand: within 60 s it must print the code and nothing else"}
	}
	sent := browserpath.Sent{App: t.SecondFactor.Via == "authenticator", Do: "run the command at a terminal, or configure second_factor.method as totp or exec"}
	if around.Ask != nil {
		sent.Ask = func(ctx context.Context, attempt int) (string, error) {
			question := fmt.Sprintf("Verification code %s for %s (tenant %s): ", map[bool]string{true: "of the authenticator app", false: "sent by text message"}[sent.App], t.Account, name)
			if attempt > 1 {
				question = "That code was refused. " + question
			}
			return around.Ask(ctx, question)
		}
	}
	return sent
}

// CheckApps loads the selectors and flows of every app that a tenant names, and makes sure that pinned versions exist.
func CheckApps(c *config.Config) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(c.Tenants)) {
		t := c.Tenants[name]
		lib, err := flows.Load(t.App, c.Overlay)
		if err != nil {
			errs = append(errs, &userops.Error{Act: "loading selectors and flows", Tenant: name, Kind: userops.ErrConfig, Cause: err, Hint: "correct the files named above; those of your own are in the overlay folder"})
			continue
		}
		var ids []string
		for _, v := range lib.Area(selectors.Console) {
			ids = append(ids, v.ID)
		}
		if t.SelectorVersion != "" && !slices.Contains(ids, t.SelectorVersion) {
			errs = append(errs, &userops.Error{Act: "choosing the selector version", Tenant: name, Target: t.SelectorVersion, Kind: userops.ErrConfig, Cause: errors.New("there is no such version"), Hint: "versions are " + strings.Join(ids, ", ")})
		}
	}
	return errors.Join(errs...)
}
