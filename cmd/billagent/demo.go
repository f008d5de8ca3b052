package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/browserinstall"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

// Who comes and who goes in the demonstration. The leaver has a look-alike, joann@, who must stay.
const (
	joiner = "eve.moss@acme.example"
	leaver = "ann@acme.example"
)

// demoOptions are the flags that the bundled console does not have.
type demoOptions struct {
	browser       string
	headful, keep bool
}

func (a *app) demoCommand() *cobra.Command {
	f := &consoleFlags{}
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "Do the main job against the bundled console, and show it",
		Long: `Start the bundled console, sign in, list its users, invite one, deactivate one and list again, showing each step. What is
said is held against what the console has stored: the exit status is not 0 if anything is not so.`,
		Example: "  billagent demo\n  billagent demo --layout classic\n  billagent demo --keep    # leaves the console running to play with",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.demo(cmd.Context(), f, o)
		},
	}
	f.add(c)
	c.Flags().BoolVar(&o.headful, "headful", false, "show the browser; needs a full Chromium and a display")
	c.Flags().BoolVar(&o.keep, "keep", false, "leave the console running and print how to use it")
	c.Flags().StringVar(&o.browser, "browser", "", "the browser to run (default: the first one found, or installed)")
	return c
}

func (a *app) demo(ctx context.Context, f *consoleFlags, o demoOptions) (err error) {
	if err := displayed(o.headful); err != nil {
		return err
	}
	if a.output != "table" {
		return usage(fmt.Errorf("--output %s: the demonstration is for people to read; the other commands speak %s",
			a.output, a.output))
	}
	if a.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, a.timeout)
		defer cancel()
	}
	if o.browser == "" {
		if o.browser, err = a.installedBrowser(ctx, o.headful); err != nil {
			return err
		}
	}
	con, err := f.start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, con.Close()) }()
	work, err := os.MkdirTemp("", "billagent-demo-")
	if err != nil {
		return &userops.Error{Act: "making a folder for the demonstration", Kind: userops.ErrStorage, Cause: err,
			Hint: "make room on the disk"}
	}
	defer func() { err = errors.Join(err, leaveEvidence(work)) }()
	return a.demonstrate(ctx, con, work, o)
}

// installedBrowser finds a browser, or installs one.
func (a *app) installedBrowser(ctx context.Context, headful bool) (string, error) {
	say := func(line string) { fmt.Fprintln(a.stderr, line) }
	b, err := browserinstall.Install(ctx, browserinstall.Options{Full: headful, Say: say})
	if err != nil {
		return "", noBrowser("finding a browser", err)
	}
	return b.Path, nil
}

// leaveEvidence removes everything else from the demonstration's folder. The evidence is part of what the demonstration
// shows; the rest is of no use without its console.
func leaveEvidence(work string) error {
	var errs []error
	for _, p := range []string{
		"sessions", "audit", "journal.db", "config.yaml", "config.yaml.password", "config.yaml.authenticator",
	} {
		errs = append(errs, os.RemoveAll(filepath.Join(work, p)))
	}
	return errors.Join(errs...)
}

// demonstrate performs the demonstration on a console that runs, with what it needs in the folder work.
func (a *app) demonstrate(ctx context.Context, con *console.Console, work string, o demoOptions) error {
	file := filepath.Join(work, "config.yaml")
	remove, err := writeConsoleConfig(file, con, work)
	if err != nil {
		return err
	}
	defer remove()
	cfg, err := config.Load(config.Source{File: file, Flags: a.demoFlags(o.browser, o.headful)})
	if err != nil {
		return err
	}
	a.live = newLive(a.stderr)
	defer a.live.stop()
	s := &show{app: a, console: con, start: time.Now()}
	binary, err := automation.Find(o.browser, o.headful)
	if err != nil {
		return noBrowser("finding a browser", err)
	}
	s.say("console: %s layout, %d users, at %s", con.Layout(), len(con.Users()), con.SignInURL())
	s.say("browser: %s", binary.Path)
	if err := a.serveWith(ctx, cfg, s.perform); err != nil {
		return err
	}
	s.say("evidence: %s", filepath.Join(work, "evidence"))
	if len(s.wrong) > 0 {
		return errors.Join(s.wrong...)
	}
	s.say("all of this is so: it was held against what the console has stored")
	if o.keep {
		fmt.Fprint(a.stdout, "\n"+consoleFacts(con, file)+"Ctrl-C ends it.\n")
		<-ctx.Done()
	}
	return nil
}

func (a *app) demoFlags(browser string, headful bool) map[string]string {
	flags := map[string]string{"browser.path": browser, "browser.headful": fmt.Sprint(headful)}
	for key, v := range map[string]string{"log.level": a.logLevel, "log.format": a.logFormat} {
		if v != "" {
			flags[key] = v
		}
	}
	return flags
}

// show performs the demonstration and holds everything it says against the console's stored state.
type show struct {
	*app
	console *console.Console
	start   time.Time
	wrong   []error
}

func (s *show) say(format string, args ...any) {
	s.live.stop()
	fmt.Fprintf(s.stdout, format+"\n", args...)
}

// tell shows what is under way: on the terminal's last line, or as a line of its own elsewhere.
func (s *show) tell(e event.Event) {
	if step, ok := e.(event.Step); ok && s.live.out == nil {
		fmt.Fprintf(s.stderr, "%6.2fs  %s\n", time.Since(s.start).Seconds(), plain(step.Text))
		return
	}
	s.app.tell(e)
}

func (s *show) check(ok bool, what string) {
	if !ok {
		s.wrong = append(s.wrong, &exitError{code: 5, err: fmt.Errorf("what was said is not so: %s", what)})
	}
}

func (s *show) perform(ctx context.Context, with *service.Service) error {
	before, err := s.list(ctx, with, "signed in and listed")
	if err != nil {
		return err
	}
	var results []userops.Result
	for _, rq := range []userops.Request{
		{Action: userops.Invite, Email: joiner, FirstName: "Eve", LastName: "Moss", Role: "Approver"},
		{Action: userops.Deactivate, Email: leaver},
	} {
		checked, err := rq.Check()
		if err != nil {
			return err
		}
		r, err := with.Do(ctx, "", []userops.Checked{checked}, service.Asked{By: actor()}, s.tell)
		if err != nil {
			return err
		}
		results = append(results, r...)
		s.say("%s", resultLine(r[0]))
	}
	after, err := s.list(ctx, with, "listed again")
	if err != nil {
		return err
	}
	s.table(before, after)
	s.judge(results, before, after)
	return nil
}

func (s *show) list(ctx context.Context, with *service.Service, what string) ([]userops.User, error) {
	start := time.Now()
	var users []userops.User
	l, err := with.Users(ctx, "", nil, func(u userops.User) error { users = append(users, u); return nil }, s.tell)
	if err != nil {
		return nil, err
	}
	s.say("%s: %d users in %.1f s (%s; %s)", what, len(users), time.Since(start).Seconds(), l.SelectorVersion, l.Proof)
	s.check(l.Complete, "the list is complete")
	return users, nil
}

// table shows everybody before and after. What changed is marked, and only there is the right side filled in.
func (s *show) table(before, after []userops.User) {
	t := newGrid("", "Email", "Name", "Before", "After")
	old := map[string]userops.User{}
	for _, u := range before {
		old[u.ID] = u
	}
	const most = 30
	for i, u := range after {
		was, known := old[u.ID]
		row := []any{"", u.Email, u.FirstName + " " + u.LastName, was.Role + ", " + string(was.Status), ""}
		switch {
		case !known:
			row[0], row[3], row[4] = "+", "", u.Role+", "+string(u.Status)
		case was != u:
			row[0], row[4] = "~", u.Role+", "+string(u.Status)
		case i >= most:
			continue
		}
		t.add(row...)
	}
	s.say("\n")
	_ = t.print(s.app.stdout) // say returns no error either: what the demonstration shows is not what it judges by
	s.say("+ invited, ~ changed%s\n", map[bool]string{true: fmt.Sprintf("; the first %d and these, of %d", most, len(after))}[len(after) > most])
}

// judge compares what was said with what the console has stored.
func (s *show) judge(results []userops.Result, before, after []userops.User) {
	for _, r := range results {
		s.check(r.Outcome == userops.Done, fmt.Sprintf("%s %s ended as %s: %s", r.Action, r.Email, r.Outcome, r.Reason))
	}
	in, ok := s.console.UserByEmail(joiner)
	s.check(ok && in.Status == console.Active && in.Role == "Approver", joiner+" is stored as an active Approver")
	out, ok := s.console.UserByEmail(leaver)
	s.check(ok && out.Status == console.Inactive, leaver+" is stored as inactive")
	var stored []userops.User
	for _, u := range s.console.Users() {
		stored = append(stored, userops.User{ID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, Role: u.Role, Status: userops.Status(u.Status)})
	}
	s.check(slices.Equal(after, stored), "the list read is the list stored")
	s.check(len(after) == len(before)+1, "nobody else came or went")
	changed := 0
	for _, ch := range s.console.Changes() {
		if ch.Action != "preferences" {
			changed++
		}
	}
	s.check(changed == 2, fmt.Sprintf("two changes are stored, not %d", changed))
}
