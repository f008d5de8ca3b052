package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/journal/journaltest"
	"github.com/billagent/billagent/internal/userops"
)

// leaver is one who is to be offboarded.
type leaver struct {
	tenant, email string
	due           time.Time
}

// ground is where it takes place: a console a tenant, and what daemons share.
type ground struct {
	settings
	folder   string
	program  string
	server   *journaltest.Server
	database string
	consoles map[string]*console.Console
	before   map[string][]console.User
	leavers  []leaver
	persons  map[string]bool // schedules that a person looked after
}

func newGround(ctx context.Context, s settings, random *rand.Rand) (g *ground, err error) {
	g = &ground{settings: s, program: s.binary, consoles: map[string]*console.Console{}, before: map[string][]console.User{}, persons: map[string]bool{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.close())
		}
	}()
	if g.folder, err = os.MkdirTemp("", "billagent-chaos-"); err != nil {
		return g, err
	}
	if g.program == "" {
		g.program = filepath.Join(g.folder, "billagent")
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", g.program, "github.com/billagent/billagent/cmd/billagent").CombinedOutput(); err != nil {
			return g, fmt.Errorf("building the program: %w: %s", err, out)
		}
	}
	if s.postgres {
		if g.server, err = journaltest.Start(); err != nil {
			return g, err
		}
		if g.database, err = g.server.Database(ctx, "chaos"); err != nil {
			return g, err
		}
	}
	for i := range s.tenants {
		name := fmt.Sprintf("t%02d", i+1)
		each := (s.size + s.tenants - 1) / s.tenants
		con, err := console.Start(console.Options{Enterprise: i >= s.browsers, Users: 2*each + 20, Seed: s.seed + int64(i), Latency: s.latency})
		if err != nil {
			return g, err
		}
		g.consoles[name], g.before[name] = con, con.Users()
	}
	g.choose(random)
	return g, g.configure()
}

// choose picks who leaves, and when: never an administrator, so that no guard has a say.
func (g *ground) choose(random *rand.Rand) {
	start := time.Now().UTC().Truncate(time.Second).Add(5 * time.Second)
	for i := range g.size {
		name := fmt.Sprintf("t%02d", i%g.tenants+1)
		for _, u := range g.before[name] {
			taken := slices.ContainsFunc(g.leavers, func(l leaver) bool { return l.tenant == name && userops.SameEmail(l.email, u.Email) })
			if _, err := userops.CheckEmail(u.Email); err != nil || taken || u.Status != console.Active || u.Owner || u.Role == "Administrator" {
				continue
			}
			due := start.Add(time.Duration(random.Int64N(int64(g.over)))).Truncate(time.Second)
			g.leavers = append(g.leavers, leaver{name, u.Email, due})
			break
		}
	}
}

const head = `schedule:
  grace: 24h
  stop_within: 10s
tenants:
`

const scimTenant = `  %s:
    path: scim
    read_back: 2s
    scim:
      url: %s
      auth: {method: bearer, token: "file:%s"}
      map: {pending: "%s:pending"}
`

const browserTenant = `  %s:
    path: browser
    read_back: 5s
    sign_in: %s
    hosts: ["*.localhost"]
    account: %s
    password: "file:%s"
    second_factor: {method: totp, secret: "file:%s"}
    organisation: {name: %s}
`

func (g *ground) configure() error {
	at := func(name string) string { return filepath.Join(g.folder, name) }
	var b strings.Builder
	fmt.Fprintf(&b, "state: %s\n", at("state"))
	if g.postgres {
		b.WriteString("journal: env:CHAOS_JOURNAL\n")
	}
	if g.browsers > 0 {
		binary, err := automation.Find("", false)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "browser: {path: %s}\n", binary.Path)
	}
	b.WriteString(head)
	for name, con := range g.consoles {
		if con.Enterprise() {
			fmt.Fprintf(&b, scimTenant, name, con.SCIMURL(), at("token"), console.SCIMExtension)
			continue
		}
		fmt.Fprintf(&b, browserTenant, name, con.SignInURL(), console.RobotEmail, at("password"), at("secret"), console.MainOrganisation)
	}
	var errs []error
	for name, text := range map[string]string{"config.yaml": b.String(), "token": console.SCIMToken, "password": console.RobotPassword, "secret": console.RobotSecret} {
		errs = append(errs, os.WriteFile(at(name), []byte(text), 0o600))
	}
	return errors.Join(errs...)
}

func (g *ground) close() error {
	var errs []error
	for _, c := range g.consoles {
		errs = append(errs, c.Close())
	}
	if g.server != nil {
		g.server.Stop()
	}
	return errors.Join(append(errs, os.RemoveAll(g.folder))...)
}

// command is the program with arguments.
func (g *ground) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, g.program, append([]string{"--config", filepath.Join(g.folder, "config.yaml")}, args...)...)
	cmd.Env = append(os.Environ(), "CHAOS_JOURNAL="+g.database)
	return cmd
}

// ask runs the program to its end and reads its JSON.
func (g *ground) ask(ctx context.Context, stdin string, into any, args ...string) error {
	cmd := g.command(ctx, append(args, "-o", "json")...)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(stdin), &said
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, said.String())
	}
	return json.Unmarshal(out, into)
}

// schedule asks for all of them with one file.
func (g *ground) schedule(ctx context.Context) error {
	var b strings.Builder
	b.WriteString("email,tenant,at,tz\n")
	for _, l := range g.leavers {
		fmt.Fprintf(&b, "%q,%s,%s,UTC\n", l.email, l.tenant, l.due.Format(time.DateTime))
	}
	var made []journal.Schedule
	err := g.ask(ctx, b.String(), &made, "offboard", "--from", "-", "--reason", "chaos", "--now", "--unlisted", "--limit", fmt.Sprint(g.size))
	if err == nil && len(made) != g.size {
		err = fmt.Errorf("%d of %d were scheduled", len(made), g.size)
	}
	return err
}

func (g *ground) schedules(ctx context.Context) (all []journal.Schedule, err error) {
	return all, g.ask(ctx, "", &all, "offboard", "list", "--all")
}

// wait waits until all have ended, and does what a person would about those that are parked.
func (g *ground) wait(ctx context.Context, h *herd) error {
	for ctx.Err() == nil {
		all, err := g.schedules(ctx)
		if err != nil {
			return err
		}
		open := 0
		for _, s := range all {
			if !s.Open() {
				continue
			}
			open++
			if s.State == journal.Parked && !h.sleeping() {
				if err := g.lookAfter(ctx, s); err != nil {
					return err
				}
			}
		}
		if g.verbose || open > 0 {
			fmt.Fprintf(os.Stderr, "%d of %d are open; %s\n", open, len(all), h)
		}
		if open == 0 && !h.sleeping() {
			return nil
		}
		pause(ctx, 2*time.Second)
	}
	return context.Cause(ctx)
}

// lookAfter is what a person does about one of which it is unknown what became of it: looks at the console, and has
// it done again if it was not. Anything else that is parked stays so, and is judged.
func (g *ground) lookAfter(ctx context.Context, s journal.Schedule) error {
	if s.Outcome != userops.Unknown {
		return fmt.Errorf("%s in %s is parked as %s (%s): %s", s.Email, s.Tenant, s.Outcome, s.Code, s.Because)
	}
	g.persons[s.ID] = true
	u, ok := g.consoles[s.Tenant].UserByEmail(s.Email)
	if !ok {
		return fmt.Errorf("%s is not in the console of %s any more", s.Email, s.Tenant)
	}
	fmt.Fprintf(os.Stderr, "a person looks at %s in %s: %s\n", s.Email, s.Tenant, u.Status)
	var after journal.Schedule
	return g.ask(ctx, "", &after, "offboard", "reschedule", s.ID, "--now", "--reason", "looked at: "+u.Status)
}

// pause waits. What waits here has nothing to be told by.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
