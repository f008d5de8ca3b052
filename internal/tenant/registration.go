package tenant

import (
	"context"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
)

// registration is a path by which tenants may be served.
type registration struct {
	name   string // in configuration and results
	noun   string // in messages
	absent string // why a tenant whose path is auto is not served by it
	// uses says whether a tenant may be served by it.
	uses func(t config.Tenant) bool
	open func(ctx context.Context, c *config.Config, name string, t config.Tenant, around Environment) (change.Path, error)
	// check makes sure of what can be known of a tenant's configuration without asking anybody.
	check func(c *config.Config, name string, t config.Tenant) (warnings []string, err error)
	// cheap says that opening it costs nothing, so that a fault of its configuration is told before anything else
	// is done.
	cheap    bool
	sessions bool // what it opens is Sessions, too
	signedIn func(t config.Tenant) string
	proves   string // what a list of roles proves of the account's permissions; empty: nothing
}

// registered are all paths, in the order in which a tenant whose path is auto is served by them. A path is added here.
var registered = []registration{scim, browser}

// Sessions is a path that signs in as a person does, and keeps that.
type Sessions interface {
	// Login signs in afresh even if a saved session would do.
	Login(ctx context.Context) error
	// LoginBy is Login that has a person go on with the page where it does not come to its end. by shows the page
	// to them.
	LoginBy(ctx context.Context, by func(context.Context, *automation.Page, func(context.Context) error) error) error
	// Logout deletes the saved session.
	Logout() error
	// SessionInfo says since when a session is saved and where it leads. It asks nobody.
	SessionInfo() (since time.Time, home string, saved bool, err error)
	// Alive asks whether the saved session still holds.
	Alive(ctx context.Context) (bool, error)
	// Renew makes sure that the tenant is signed in: by the saved session if it still holds, else by signing in.
	Renew(ctx context.Context) error
	// TrustedUntil is until when the console asks for no code on this device, as far as is known; zero: not known.
	// It asks nobody.
	TrustedUntil() (time.Time, error)
	// Reveal returns the cookies of the saved session and what of the page's storage belongs to it, which are a
	// credential, and where it leads. ok is false if there is none.
	Reveal() (cookies []automation.Cookie, stored *automation.Stored, home string, ok bool, err error)
	// Adopt keeps the cookies of a sign-in that another program made as the saved session, in the place of the one
	// there was. Cookies that have expired or are of hosts that are not the tenant's are passed over. home is where
	// it leads. local is what pages keep, by origin and key: of it what the app names is kept.
	Adopt(cookies []automation.Cookie, local map[string]map[string]string, home string) (passed int, err error)
	// Stores says that the console keeps a part of its sign-in in the page's storage.
	Stores() bool
}

// Examiner is a path whose flows can be walked through, or run, without changing anything.
type Examiner interface {
	// Examine walks. The error says why it could not even begin.
	Examine(ctx context.Context, w doctor.Walk) error
	// RunFlow carries out a flow that changes nothing, and returns what it has read.
	RunFlow(ctx context.Context, name string, inputs map[string]string) (flows.Result, error)
	// Show has do something with a page, while nothing that may change something leaves.
	Show(ctx context.Context, at doctor.Place, do func(context.Context, doctor.Shown) error) error
	// Reread has it look by other files of its app from its next call on.
	Reread(lib *flows.Library)
}

// member is a path of one tenant.
type member struct {
	registration
	path change.Path // nil: not opened

	askedAt time.Time // when it said what it can do, or why it cannot be used; zero: not yet
	able    userops.Capabilities
	unable  error
}
