package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
)

// agent is one agent at work: a path with its journal and audit log, in a folder.
type agent struct {
	*operation.Turn
	path    change.Path
	journal *journal.Journal
}

// agentOptions say what an agent works with.
type agentOptions struct {
	folder      string
	signIn      string
	hosts       []string
	stepTimeout time.Duration
	readBack    time.Duration
	observer    automation.Observer
	write       func(name string) error
	rehearse    bool // through the press
	unsaid      bool // flows do not say what their commits send
}

// How long an effect may take to show. A console stores at most 9 s late, and only where a case says so; each look
// costs a whole list.
const (
	lateReadBack = 12 * time.Second
	soonReadBack = 4 * time.Second
)

// readBack is how long an effect of a case may take to show.
func (c Case) readBack() time.Duration {
	late := func(f console.Fault) bool { return f.Name == "late-effect" || strings.HasPrefix(f.Name, "slow-") }
	if c.Group == "differs" || c.Group == "unsaid" || c.Settle > 0 || slices.ContainsFunc(c.Faults, late) {
		return lateReadBack
	}
	return soonReadBack
}

// newAgent makes an agent as the program would.
func newAgent(ctx context.Context, o agentOptions) (*agent, error) {
	lib, err := flows.Load("bill", "")
	if err != nil {
		return nil, err
	}
	if o.unsaid {
		forget(lib)
	}
	box, err := seal.New(filepath.Join(o.folder, "sessions"), "")
	if err != nil {
		return nil, err
	}
	if o.readBack == 0 {
		o.readBack = lateReadBack
	}
	profiles := filepath.Join(o.folder, "profiles")
	if err := os.MkdirAll(profiles, 0o700); err != nil {
		return nil, err
	}
	path := browserpath.New(browserpath.Options{
		Tenant: "demo", Library: lib, SignIn: o.signIn, Hosts: o.hosts, Account: console.RobotEmail,
		Password:     func(context.Context) (string, error) { return console.RobotPassword, nil },
		Factor:       browserpath.TOTP{Secret: func(context.Context) (string, error) { return console.RobotSecret, nil }},
		Organisation: browserpath.Organisation{Name: console.MainOrganisation}, Sessions: box,
		Launch: automation.Options{ProfileDir: profiles, Observer: o.observer}, EvidenceDir: filepath.Join(o.folder, "evidence"),
		StepTimeout: o.stepTimeout, ReadBack: o.readBack, Preferences: browserpath.Preferences{Summary: "Never"},
	})
	j, err := journal.Open(ctx, filepath.Join(o.folder, "journal.db"), journal.Options{Write: o.write})
	if err != nil {
		return nil, err
	}
	log, err := audit.Open(ctx, filepath.Join(o.folder, "audit"), "", "matrix")
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	asked := operation.Asked{By: "matrix"}
	if o.rehearse {
		asked.DryRun = operation.ThroughPress
	}
	return &agent{journal: j, path: path, Turn: operation.New(operation.Options{Asked: asked, Tenant: "demo", Path: path, Journal: j, Audit: log,
		Policy: policy.Policy{Tenant: "demo"}, ReadBack: o.readBack})}, nil
}

// forget takes what flows say of their commits' requests out of them.
func forget(lib *flows.Library) {
	for _, layout := range console.Layouts {
		for _, a := range actions {
			if f, ok := lib.Flow(string(a), layout); ok {
				f.Sends = nil
			}
		}
	}
}

// Close ends the agent.
func (d *agent) Close() error { return errors.Join(d.Turn.Close(), d.path.Close(), d.journal.Close()) }

// do asks for the change that a case is about.
func do(ctx context.Context, dir userops.Directory, a userops.Action, zone string) userops.Result {
	switch a {
	case userops.Rename:
		return dir.Change(ctx, userops.Request{Action: a, Email: leaver, FirstName: "Nora", LastName: "New"})
	case userops.Invite:
		return dir.Change(ctx, userops.Request{Action: userops.Invite, Email: joiner, FirstName: "Nora", LastName: "New", Role: "Approver", TimeZone: zone})
	case userops.Deactivate:
		return dir.Change(ctx, useropstest.Deactivate(leaver))
	case userops.Reactivate:
		return dir.Change(ctx, useropstest.Reactivate(returner))
	default:
		return dir.Change(ctx, useropstest.SetRole(leaver, "Clerk"))
	}
}

// caseBound ends a case that hangs; it counts as broken.
const caseBound = 4 * time.Minute

// try carries out one case in a console of its own.
func try(ctx context.Context, c Case, stepTimeout time.Duration) (v Verdict, why string) {
	ctx, cancel := context.WithTimeout(ctx, caseBound)
	defer cancel()
	folder, err := os.MkdirTemp("", "billagent-matrix-")
	if err != nil {
		return Broken, err.Error()
	}
	defer func() {
		if err := os.RemoveAll(folder); err != nil && v != Broken {
			v, why = Broken, err.Error()
		}
	}()
	con, err := consoleFor(c)
	if err != nil {
		return Broken, err.Error()
	}
	defer func() {
		if err := con.Close(); err != nil && v != Broken {
			v, why = Broken, "closing the console: "+err.Error()
		}
	}()
	for _, f := range c.Faults {
		if err := con.AddFault(f); err != nil {
			return Broken, err.Error()
		}
		if strings.HasPrefix(f.Name, "slow-") {
			stepTimeout = 20 * time.Second
		}
	}
	d, err := newAgent(ctx, agentOptions{folder: folder, signIn: con.SignInURL(), hosts: con.Hosts(),
		stepTimeout: stepTimeout, readBack: c.readBack(), write: failing(c.Fail), unsaid: c.Unsaid})
	if err != nil {
		return Broken, err.Error()
	}
	if c.Action == list {
		return tryList(ctx, c, d, con)
	}
	return tryChange(ctx, c, d, con)
}

// consoleFor starts the console that a case is about.
func consoleFor(c Case) (*console.Console, error) {
	o := c.Options
	o.Layout, o.Seed = c.Layout, c.Seed
	if o.Users == 0 {
		o.Users = 30
	}
	return console.Start(o)
}

// tryList has the agent list everybody, closes it and judges the list.
func tryList(ctx context.Context, c Case, d *agent, con *console.Console) (Verdict, string) {
	users, listing, err := listed(ctx, d)
	if err := d.Close(); err != nil {
		return Broken, "closing the agent: " + err.Error()
	}
	if ctx.Err() != nil {
		return Broken, fmt.Sprintf("it hung: %v", err)
	}
	return judgeList(c, users, listing, err, con)
}

// tryChange has the agent make a change, closes it and judges what is stored once nothing more can come.
func tryChange(ctx context.Context, c Case, d *agent, con *console.Console) (Verdict, string) {
	r := do(ctx, d, c.Action, c.Zone)
	if err := d.Close(); err != nil && c.Fail == "" {
		return Broken, "closing the agent: " + err.Error()
	}
	for _, f := range c.Faults {
		if f.Name == "late-effect" { // whatever was to be stored late is stored by now
			if err := change.Wait(ctx, 6*time.Second); err != nil {
				return Broken, err.Error()
			}
		}
	}
	if c.Settle > 0 {
		if err := change.Wait(ctx, c.Settle); err != nil {
			return Broken, err.Error()
		}
	}
	if ctx.Err() != nil {
		return Broken, fmt.Sprintf("it hung: %s", r.Reason)
	}
	return judge(c, r, con, 0)
}

// listed reads everybody.
func listed(ctx context.Context, dir userops.Directory) ([]userops.User, userops.Listing, error) {
	var users []userops.User
	listing, err := dir.List(ctx, nil, func(u userops.User) error {
		users = append(users, u)
		return nil
	})
	return users, listing, err
}

func failing(at string) func(string) error {
	return func(name string) error {
		if at != "" && name == at {
			return &os.PathError{Op: "write", Path: "journal.db", Err: errors.New("no space left on device")}
		}
		return nil
	}
}
