package tenant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// browser drives the tenant's console.
var browser = registration{
	name: browserpath.Name, noun: "the browser", absent: "no account is configured to sign in with",
	uses: config.Tenant.UsesBrowser, open: openBrowser, check: checkBrowser, sessions: true,
	signedIn: func(t config.Tenant) string { return "signed in as " + t.Account },
	proves:   "the account may list users, and is offered the form for a new one",
}

// openBrowser makes the path that drives the tenant's console.
func openBrowser(ctx context.Context, c *config.Config, name string, t config.Tenant, around Environment) (change.Path, error) {
	fail := func(act string, kind, err error, hint string) (change.Path, error) {
		return nil, (&userops.Error{Act: act, Tenant: name, Kind: kind, Cause: err, Hint: hint}).OrStop()
	}
	lib, err := Library(c, t.App)
	if err != nil {
		return nil, aboutTenant(err, name)
	}
	key := ""
	if t.SessionKey != "" {
		if key, err = t.SessionKey.Fetch(ctx); err != nil {
			return fail("fetching the session key", userops.ErrConfig, err, "check the tenant's session_key reference")
		}
	}
	box, err := seal.New(c.SessionsDir(), key)
	if err != nil {
		return fail("opening the session store", userops.ErrStorage, err, "make room on the disk or choose another state folder, and check the tenant's session_key")
	}
	binary, err := automation.Find(c.Browser.Path, c.Browser.Headful)
	if err != nil {
		return fail("finding a browser", userops.ErrBrowser, err, "install a browser, or name one by browser.path")
	}
	if c.Browser.Headful && binary.Kind == "headless-shell" {
		return fail("showing a window", userops.ErrConfig, fmt.Errorf("%s has none", binary.Path), "name a full Chromium by browser.path, or install one")
	}
	if err := organised(name, t, lib); err != nil {
		return nil, err
	}
	organisation, err := userops.Text("organisation.name", t.Organisation.Name) // as the console shows it
	if err != nil {
		return fail("choosing the organisation", userops.ErrConfig, err, "write organisation.name anew, by hand")
	}
	opts := browserpath.Options{
		Tenant: name, Library: lib, SignIn: t.SignIn, Hosts: t.Hosts, Account: t.Account, Password: t.Password.Fetch, Factor: factor(t, name, around),
		Launch: automation.Options{Binary: binary, Headful: c.Browser.Headful, Observer: around.Observer}, Lend: around.Lend,
		Organisation: browserpath.Organisation{ID: t.Organisation.ID, Name: organisation},
		Pin:          t.SelectorVersion, Sessions: box, EvidenceDir: c.EvidenceDir(), MaskOthers: c.Evidence.MaskOthers, Log: around.Log,
		Progress: around.Progress, Read: around.Read, ReadBack: t.ReadBack,
		Preferences: browserpath.Preferences{MailTasks: t.Invite.MailTasks, Summary: t.Invite.Summary},
	}
	return browserpath.New(opts), nil
}

func factor(t config.Tenant, name string, around Environment) browserpath.Factor {
	switch t.SecondFactor.Method {
	case "totp":
		return browserpath.TOTP{Secret: t.SecondFactor.Secret.Fetch}
	case "exec":
		return browserpath.PromptedCode{Ask: func(ctx context.Context, _ int) (string, error) { return t.SecondFactor.Command.Fetch(ctx) }, App: t.SecondFactor.Via == "authenticator",
			Do: "run the command of second_factor.command by hand: within 60 s it must print the code and nothing else"}
	}
	if t.SecondFactor.Method == "none" {
		return browserpath.PromptedCode{Do: "set second_factor.method to totp, prompt or exec: the console asks for a code, and none was configured to be given"}
	}
	sent := browserpath.PromptedCode{App: t.SecondFactor.Via == "authenticator", Do: "run the command at a terminal, or configure second_factor.method as totp or exec"}
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

// organised makes sure that it is known which organisation is meant, where an account may have several.
func organised(name string, t config.Tenant, lib *flows.Library) error {
	if t.Organisation != (config.Organisation{}) || lib.App.Single {
		return nil
	}
	return &userops.Error{Act: "choosing the organisation", Tenant: name, Kind: userops.ErrConfig, Cause: fmt.Errorf("tenants.%s.organisation is missing", name),
		Hint: "give its id or its exact name; where this app has only one, say single_organisation in its app.yaml"}
}

// checkBrowser makes sure of the selectors and flows of the tenant's app, and of its pinned version.
func checkBrowser(c *config.Config, name string, t config.Tenant) (warnings []string, err error) {
	lib, err := Library(c, t.App)
	if err != nil {
		return nil, aboutTenant(err, name)
	}
	var ids []string
	for _, v := range lib.Area(selectors.Console) {
		ids = append(ids, v.ID)
	}
	err = organised(name, t, lib)
	if t.SelectorVersion != "" && !slices.Contains(ids, t.SelectorVersion) {
		err = errors.Join(err, &userops.Error{Act: "choosing the selector version", Tenant: name, Target: t.SelectorVersion, Kind: userops.ErrConfig, Cause: errors.New("there is no such version"), Hint: "versions are " + strings.Join(ids, ", ")})
	}
	return lib.Warnings, err
}

// Library loads the selectors and flows of an app, those of the overlay folder before those that ship. The error is an
// *userops.Error of ErrConfig.
func Library(c *config.Config, app string) (*flows.Library, error) {
	lib, err := browserpath.LoadLibrary(app, c.Overlay)
	if err != nil {
		return nil, &userops.Error{Act: "loading selectors and flows", Kind: userops.ErrConfig, Cause: err, Hint: "correct the files named above; those of your own are in the overlay folder"}
	}
	return lib, nil
}

// aboutTenant names the tenant that an error is about.
func aboutTenant(err error, name string) error {
	var e *userops.Error
	if errors.As(err, &e) {
		e.Tenant = name
	}
	return err
}

// Performs says that flows of a name are performed by more than their name.
func Performs(flow string) bool { return browserpath.Performs(flow) }
