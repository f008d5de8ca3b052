package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// How long an effect may take to show, and a screen: on the same machine both are soon.
const (
	driftReadBack = 2 * time.Second
	driftScreens  = 8 * time.Second // until no screen of the sign-in is known
)

// driftGround is a console of a layout with a signed-in agent, on which one drift after the other is tried.
type driftGround struct {
	con    *console.Console
	folder string
	lib    *flows.Library
	path   *browserpath.Path
	folk   []console.User // as they are stored when a drift begins
	step   time.Duration  // how long a step waits for what is not there
}

// newDriftGround starts a console and an agent. overlay is a folder of files before those that ship; empty: none.
func newDriftGround(layout, overlay string, step time.Duration) (*driftGround, error) {
	lib, err := browserpath.LoadLibrary("bill", overlay)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "billagent-drift-")
	if err != nil {
		return nil, err
	}
	con, err := console.Start(console.Options{Layout: layout})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	hasten(lib)
	g := &driftGround{con: con, folder: folder, lib: lib, folk: con.Users(), step: step}
	g.path = browserpath.New(browserpath.Options{
		Tenant: "demo", Library: g.lib, SignIn: g.con.SignInURL(), Hosts: g.con.Hosts(), Account: console.RobotEmail,
		Password:     func(context.Context) (string, error) { return console.RobotPassword, nil },
		Factor:       browserpath.TOTP{Secret: func(context.Context) (string, error) { return console.RobotSecret, nil }},
		Organisation: browserpath.Organisation{Name: console.MainOrganisation},
		Launch:       automation.Options{ProfileDir: g.folder}, Lend: automationtest.Lend,
		StepTimeout: step, ReadBack: driftReadBack, Preferences: browserpath.Preferences{Summary: "Never"},
		RefusedFor: time.Nanosecond,
	})
	return g, nil
}

// hasten gives the screens of the sign-in less time to come.
func hasten(lib *flows.Library) {
	for _, f := range lib.Named("sign-in") {
		for i := range f.Steps {
			if f.Steps[i].Options.Timeout > 0 {
				f.Steps[i].Options.Timeout = flows.Duration(driftScreens)
			}
		}
	}
}

// Close ends the agent and the console.
func (g *driftGround) Close() error {
	return errors.Join(g.path.Close(), g.con.Close(), os.RemoveAll(g.folder))
}

// reset stores everybody as in the beginning.
func (g *driftGround) reset() {
	g.con.Edit("the judge", func(o *console.Organisation) {
		o.Users = nil
		for _, u := range g.folk {
			o.Users = append(o.Users, &u)
		}
	})
}

// look walks through flows and returns what was seen.
func (g *driftGround) look(ctx context.Context, w doctor.Walk) *doctor.Examination {
	x := doctor.New(doctor.Options{Tenant: "demo", Library: g.lib, Explain: func(err error) (string, string, string) {
		return err.Error(), "", string(userops.CodeOf(err))
	}})
	w.Step = g.step
	x.End(g.path.Examine(ctx, x.Walk(w)))
	return x
}

// learnAll learns what the consoles of the layouts look like, all at once.
func learnAll(ctx context.Context, layouts []string, overlay string, step time.Duration) (map[string]map[string]learnt, error) {
	known := map[string]map[string]learnt{}
	found := make([]map[string]learnt, len(layouts))
	failed := make([]error, len(layouts))
	var wg sync.WaitGroup
	for i, l := range layouts {
		wg.Go(func() { found[i], failed[i] = learn(ctx, l, overlay, step) })
	}
	wg.Wait()
	for i, l := range layouts {
		known[l] = found[i]
	}
	return known, errors.Join(failed...)
}

// learn walks through a console that has not drifted. overlay is then a folder with a version of its layout that knows
// what each target looks like.
func learn(ctx context.Context, layout, overlay string, step time.Duration) (known map[string]learnt, err error) {
	g, err := newDriftGround(layout, "", step)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	x := doctor.New(doctor.Options{Tenant: "demo", Library: g.lib, Explain: func(err error) (string, string, string) {
		return err.Error(), "", string(userops.CodeOf(err))
	}})
	known = map[string]learnt{}
	w := x.Walk(doctor.Walk{})
	sight, ended := w.Sight, w.Ended
	w.Sight = func(ctx context.Context, s flows.Sighted) {
		sight(ctx, s)
		l := known[s.Target.Name]
		l.inRow = l.inRow || s.Row != nil
		known[s.Target.Name] = l
	}
	w.Ended = func(f *flows.Flow, e doctor.End) {
		ended(f, e)
		for _, name := range e.After {
			for t, _ := x.Version().Target(name); t != nil; t = t.Within {
				l := known[t.Name]
				l.after = append(l.after, f.Name)
				known[t.Name] = l
			}
		}
	}
	x.End(g.path.Examine(ctx, w))
	r, v := x.Report(), x.Version()
	if v == nil || r.Verdict != doctor.Sound {
		return nil, fmt.Errorf("learning what the %s console looks like: it is %s: %s", layout, r.Verdict, r.Failed)
	}
	prints := x.Fingerprints(v)
	for _, t := range r.Targets {
		l := known[t.Name]
		l.flows, l.state, l.print = t.Flows, string(t.State), prints[t.Name].Fingerprint
		l.target, _ = v.Target(t.Name)
		known[t.Name] = l
	}
	text, err := v.Revise(selectors.Change{Layout: v.Layout, Date: v.Date, Source: v.Source, Targets: prints})
	if err != nil {
		return nil, fmt.Errorf("keeping what the %s console looks like: %w", layout, err)
	}
	folder := filepath.Join(overlay, "selectors", v.App)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	maps.DeleteFunc(known, func(_ string, l learnt) bool { return l.target == nil }) // of the pages of sign-in
	return known, os.WriteFile(filepath.Join(folder, v.ID+".yaml"), text, 0o600)
}

// mutationBound ends a mutation that hangs; it counts as broken.
const mutationBound = 90 * time.Second

// try makes one drift, looks at the console, and has the agent make a change there.
func (g *driftGround) try(ctx context.Context, m mutation, known map[string]learnt) (j driftJudgement) {
	ctx, cancel := context.WithTimeout(ctx, mutationBound)
	defer cancel()
	begun := time.Now()
	j = driftJudgement{mutation: m, acted: Broken}
	defer func() { j.tookMS = time.Since(begun).Milliseconds() }()
	if err := g.con.SetDrift([]console.Drift{m.drift}, m.seed); err != nil {
		j.why = err.Error()
		return j
	}
	g.reset()
	d := g.con.Drifted()[0]
	j.how, j.plan = d.How, planFor(m, d, known)
	if d.Page == signInPage {
		g.con.ForgetDevices()
		if err := g.path.Close(); err != nil { // the change has to sign in; the browser is used again
			j.why = err.Error()
			return j
		}
	} else {
		x := g.look(ctx, doctor.Walk{Only: j.plan.walk})
		judgeLook(&j, d, sightings{x.Report(), x.Fingerprints(x.Version())}, known)
	}
	lookMS := time.Since(begun).Milliseconds()
	g.reset()
	from := len(g.con.Changes())
	r := do(ctx, g.path, j.plan.action, "")
	judgeAct(&j, r, g.con, from)
	j.lookMS = lookMS
	if ctx.Err() != nil {
		j.acted, j.why = Broken, "it hung"
	}
	return j
}

// driftWorker tries drifts one after the other, each on its layout's ground.
type driftWorker struct {
	step    time.Duration
	overlay string
	grounds map[string]*driftGround
}

// groundFor is a signed-in agent on a console of the layout, by which the list and the roles have been read once.
func (w *driftWorker) groundFor(ctx context.Context, layout string) (*driftGround, error) {
	if g := w.grounds[layout]; g != nil {
		return g, nil
	}
	g, err := newDriftGround(layout, w.overlay, w.step)
	if err != nil {
		return nil, err
	}
	r := g.look(ctx, doctor.Walk{Only: []string{"identify", "list-users", "list-roles"}}).Report()
	if r.Verdict != doctor.Sound {
		err := fmt.Errorf("reading a console that has not drifted: it is %s: %s", r.Verdict, r.Failed)
		return nil, errors.Join(err, g.Close())
	}
	w.grounds[layout] = g
	return g, nil
}

// Close ends what the worker works on.
func (w *driftWorker) Close() error {
	var err error
	for _, g := range w.grounds {
		err = errors.Join(err, g.Close())
	}
	return err
}

func layoutsOf(all []mutation) []string {
	var out []string
	for _, m := range all {
		if !slices.Contains(out, m.layout) {
			out = append(out, m.layout)
		}
	}
	return out
}
