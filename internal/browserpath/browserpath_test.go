package browserpath_test

import (
	"context"
	"fmt"
	"hash/crc32"
	"os"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/secret/secrettest"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { os.Exit(automationtest.Main(m)) }

// ownBrowser is for a test on what outlives a browser.
func ownBrowser(t *testing.T, o *browserpath.Options) {
	o.Lend, o.Launch = nil, automation.Options{ProfileDir: t.TempDir()}
}

// setup starts a console and a path to it. Both end with the test. The browser is lent, unless the test wants its own.
func setup(t *testing.T, o console.Options, edit ...func(*browserpath.Options)) (*console.Console, *browserpath.Path) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	t.Helper()
	con, err := console.Start(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, con.Close()) })
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	opts := browserpath.Options{
		Tenant: "demo", Library: lib, SignIn: con.SignInURL(), Hosts: con.Hosts(), Account: console.RobotEmail,
		Password:     func(context.Context) (string, error) { return console.RobotPassword, nil },
		Factor:       browserpath.TOTP{Secret: func(context.Context) (string, error) { return console.RobotSecret, nil }},
		Organisation: browserpath.Organisation{Name: console.MainOrganisation},
		Lend:         automationtest.Lend,
		EvidenceDir:  t.TempDir(),
		Preferences:  browserpath.Preferences{Summary: "Never"},
		ReadBack:     8 * time.Second, // the console stores up to 5 s late
	}
	for _, e := range edit {
		e(&opts)
	}
	t.Cleanup(func() {
		secrets := map[string]string{"the password": console.RobotPassword, "the authenticator's secret": console.RobotSecret}
		for i, s := range con.Secrets() {
			secrets[fmt.Sprint("token ", i, " of the console")] = s
		}
		secrettest.Scan(t, opts.EvidenceDir, secrets)
	})
	p := browserpath.New(opts)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return con, p
}

func eachLayout(t *testing.T, run func(t *testing.T, layout string)) {
	onLayouts(t, console.Layouts, run)
}

// oneLayout runs a test on the layout that its name chooses, so that the cases of a test are spread over all of them;
// on each where everything is to be tried (see useropstest.All). That every flow works on every layout is shown by
// TestConformance and the matrix.
func oneLayout(t *testing.T, run func(t *testing.T, layout string)) {
	n := crc32.ChecksumIEEE([]byte(t.Name())) % uint32(len(console.Layouts))
	layouts := console.Layouts[n : n+1]
	if useropstest.All() {
		layouts = console.Layouts
	}
	onLayouts(t, layouts, run)
}

func onLayouts(t *testing.T, layouts []string, run func(t *testing.T, layout string)) {
	for _, l := range layouts {
		t.Run(l, func(t *testing.T) {
			t.Parallel()
			run(t, l)
		})
	}
}

func fromConsole(us []console.User) []userops.User {
	var out []userops.User
	for _, u := range us {
		out = append(out, userops.User{ID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, Role: u.Role, Status: userops.Status(u.Status)})
	}
	return out
}

func toConsole(us []userops.User) []console.User {
	var out []console.User
	for _, u := range us {
		out = append(out, console.User{ID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, Role: u.Role, Status: string(u.Status)})
	}
	return out
}

// TestConformance tries every case, each on one of the layouts; on all of them where everything is to be tried: see
// useropstest.All.
func TestConformance(t *testing.T) {
	t.Parallel()
	for i, layout := range console.Layouts {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			useropstest.Sample(t, i, len(console.Layouts), func(t *testing.T) useropstest.Backend {
				return backed(setup(t, console.Options{Layout: layout, People: toConsole(useropstest.Seed())}))
			})
		})
	}
}

// backed is a console as the conformance suite sees it.
func backed(con *console.Console, p *browserpath.Path) useropstest.Backend {
	return useropstest.Backend{
		Directory: p,
		Stored:    func() []userops.User { return fromConsole(con.Users()) },
		Edit: func(edit func([]userops.User) []userops.User) {
			con.Edit("another administrator", func(o *console.Organisation) {
				var us []console.User
				for _, u := range o.Users {
					us = append(us, *u)
				}
				o.Users = nil
				for _, u := range toConsole(edit(fromConsole(us))) {
					o.Users = append(o.Users, &u)
				}
			})
		},
		DualControl: func() { con.Edit("another administrator", func(o *console.Organisation) { o.DualControl = true }) },
	}
}
