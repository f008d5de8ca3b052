package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// leaving is one who is to be offboarded, the e-mail folded.
type leaving struct{ tenant, email string }

// leaver is one who is to be offboarded, and when.
type leaver struct {
	tenant, email string
	due           time.Time
}

// ground is where one part takes place: a console a tenant, and what the processes share.
type ground struct {
	*shared
	folder   string
	database string // the address of the journal; empty: a SQLite file
	consoles map[string]*console.Console
	proxies  map[string]*proxy // of the tenants that are served over SCIM
	before   map[string][]console.User
	leavers  []leaver
	persons  map[string]bool // schedules that a person looked after
	anew     map[leaving]int // how often a person had it done again
}

// newGround makes a ground for a part: tenants of which so many are served by the browser, each with people enough
// for so many to leave.
func newGround(ctx context.Context, st *shared, part string, tenants, browsers, each int) (g *ground, err error) {
	g = &ground{shared: st, folder: filepath.Join(st.folder, part),
		consoles: map[string]*console.Console{}, proxies: map[string]*proxy{},
		before: map[string][]console.User{}, persons: map[string]bool{}, anew: map[leaving]int{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.close())
		}
	}()
	if err := os.Mkdir(g.folder, 0o700); err != nil {
		return g, err
	}
	if st.server != nil {
		if g.database, err = st.server.Database(ctx, part); err != nil {
			return g, err
		}
	}
	for i := range tenants {
		o := console.Options{Enterprise: i >= browsers, Users: 2*each + 20, Seed: st.seed + int64(i), Latency: st.latency}
		con, err := console.Start(o)
		if err != nil {
			return g, err
		}
		name := tenantName(i)
		g.consoles[name], g.before[name] = con, con.Users()
		if !con.Enterprise() {
			continue
		}
		if g.proxies[name], err = newProxy(con); err != nil {
			return g, err
		}
	}
	return g, nil
}

func tenantName(i int) string { return fmt.Sprintf("t%02d", i+1) }

// leave picks somebody of a tenant who is to leave: never an administrator, so that no guard has a say.
func (g *ground) leave(tenant string, due time.Time) error {
	for _, u := range g.before[tenant] {
		taken := slices.ContainsFunc(g.leavers, func(l leaver) bool {
			return l.tenant == tenant && userops.SameEmail(l.email, u.Email)
		})
		_, err := userops.CheckEmail(u.Email)
		if err != nil || taken || u.Status != console.Active || u.Owner || u.Role == "Administrator" {
			continue
		}
		g.leavers = append(g.leavers, leaver{tenant, u.Email, due})
		return nil
	}
	return fmt.Errorf("too few people are in tenant %s", tenant)
}

const head = `schedule:
  grace: 24h
  stop_within: 10s
  at_once: %d
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

// everybody is who a configuration is of that all processes share.
const everybody = "daemons"

// configure writes a configuration for a process, or for several that need not be told apart.
func (g *ground) configure(by string, atOnce int) error {
	at := func(name string) string { return filepath.Join(g.folder, name) }
	var b strings.Builder
	fmt.Fprintf(&b, "state: %s\n", at("state"))
	if g.database != "" {
		fmt.Fprintf(&b, "journal: \"file:%s\"\n", at("journal"))
	}
	if len(g.proxies) < len(g.consoles) {
		binary, err := automation.Find("", false)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "browser: {path: %s}\n", binary.Path)
	}
	fmt.Fprintf(&b, head, atOnce)
	for name, con := range g.consoles {
		if f := g.proxies[name]; f != nil {
			fmt.Fprintf(&b, scimTenant, name, f.url(by), at("token"), console.SCIMExtension)
			continue
		}
		fmt.Fprintf(&b, browserTenant,
			name, con.SignInURL(), console.RobotEmail, at("password"), at("secret"), console.MainOrganisation)
	}
	var errs []error
	for name, text := range map[string]string{by + ".yaml": b.String(), "journal": g.database, "token": console.SCIMToken,
		"password": console.RobotPassword, "secret": console.RobotSecret} {
		errs = append(errs, os.WriteFile(at(name), []byte(text), 0o600))
	}
	return errors.Join(errs...)
}

// file is where the configuration of a process is.
func (g *ground) file(by string) string { return filepath.Join(g.folder, by+".yaml") }

func (g *ground) close() error {
	var errs []error
	for _, f := range g.proxies {
		if f != nil {
			errs = append(errs, f.close())
		}
	}
	for _, c := range g.consoles {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// command is the program with arguments, and the configuration of a process.
func (g *ground) command(ctx context.Context, by string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, g.program, append([]string{"--config", g.file(by)}, args...)...)
}

// ask runs the program to its end and reads its JSON.
func (g *ground) ask(ctx context.Context, stdin string, into any, args ...string) error {
	cmd := g.command(ctx, everybody, append(args, "-o", "json")...)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(stdin), &said
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, said.String())
	}
	return json.Unmarshal(out, into)
}

// mostLeave is the limit that all are allowed, so that no guard has a say.
const mostLeave = 100_000

// schedule asks for some with one file.
func (g *ground) schedule(ctx context.Context, some []leaver) error {
	var b strings.Builder
	b.WriteString("email,tenant,at,tz\n")
	for _, l := range some {
		fmt.Fprintf(&b, "%q,%s,%s,UTC\n", l.email, l.tenant, l.due.UTC().Format(time.DateTime))
	}
	var made []journal.Schedule
	err := g.ask(ctx, b.String(), &made,
		"offboard", "--from", "-", "--reason", "chaos", "--now", "--unlisted", "--limit", fmt.Sprint(mostLeave))
	if err == nil && len(made) != len(some) {
		err = fmt.Errorf("%d of %d were scheduled", len(made), len(some))
	}
	return err
}

func (g *ground) schedules(ctx context.Context) (all []journal.Schedule, err error) {
	return all, g.ask(ctx, "", &all, "offboard", "list", "--all")
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
