package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
)

// tryRehearsals rehearses every change through the press, on consoles of many seeds. Every other one differs from
// what is shipped, each in another way: also there nothing may be stored, and nothing that changes anything may
// arrive. A stride takes each so many of the changes on all consoles.
func tryRehearsals(ctx context.Context, s settings, t *tally) {
	severalAtOnce(ctx, s.workers, rehearsals(s), func(p rehearsal) { rehearseAll(ctx, s, t, p.layout, p.seed, p.actions) })
}

// rehearsal is what is rehearsed on the console of a layout and a seed.
type rehearsal struct {
	layout  string
	seed    int64
	actions []userops.Action
}

// rehearsals are all there are, of each console those that the stride takes.
func rehearsals(s settings) (out []rehearsal) {
	var all []rehearsal
	for i := range s.rehearse {
		for _, l := range s.layouts {
			for _, a := range actions {
				if slices.Contains(s.actions, string(a)) {
					all = append(all, rehearsal{l, s.seed + int64(i), []userops.Action{a}})
				}
			}
		}
	}
	for _, r := range strided(all, s) {
		if last := len(out) - 1; last >= 0 && out[last].layout == r.layout && out[last].seed == r.seed {
			out[last].actions = append(out[last].actions, r.actions...)
			continue
		}
		out = append(out, r)
	}
	return out
}

// rehearseAll rehearses changes one after the other in one signed-in agent.
func rehearseAll(ctx context.Context, s settings, t *tally, layout string, seed int64, actions []userops.Action) {
	differing := differingFor(layout, seed)
	c := Case{Group: "rehearsal", Name: strings.Join(append([]string{"as shipped"}, differing...), " "), Layout: layout, Seed: seed}
	fail := func(err error) { t.add(Judgement{c, Broken, err.Error(), 0}) }
	folder, err := os.MkdirTemp("", "billagent-rehearsal-")
	if err != nil {
		fail(err)
		return
	}
	con, err := console.Start(console.Options{Layout: layout, Seed: seed, Users: 30, Differences: differing})
	if err != nil {
		fail(err)
		return
	}
	d, err := newAgent(ctx, agentOptions{folder: folder, signIn: con.SignInURL(), hosts: con.Hosts(), stepTimeout: s.stepTimeout, rehearse: true})
	if err != nil {
		fail(errors.Join(err, con.Close()))
		return
	}
	for _, a := range actions {
		if ctx.Err() != nil {
			break
		}
		c.Action = a
		begun := time.Now()
		r := do(ctx, d, a, "")
		v, why := judgeRehearsal(r, con, len(differing) == 0)
		t.add(Judgement{c, v, why, time.Since(begun).Milliseconds()})
	}
	if err := errors.Join(d.Close(), con.Close(), os.RemoveAll(folder)); err != nil && ctx.Err() == nil {
		fail(err)
	}
}

// differingFor takes a difference of the layout in turn for every other seed.
func differingFor(layout string, seed int64) []string {
	var all []string
	for _, d := range differences {
		names := strings.Split(d.with, "+")
		fits := !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(console.DifferenceLayouts(n), layout) })
		if fits && slices.ContainsFunc(d.actions, func(a userops.Action) bool { return a != list }) {
			all = append(all, d.with)
		}
	}
	if seed%2 == 0 || len(all) == 0 {
		return nil
	}
	var out []string
	for _, n := range strings.Split(all[int(seed/2)%len(all)], "+") {
		out = append(out, n+"="+leaver)
	}
	return out
}

// onlyReads are requests that change nothing though their method may: those of the sign-in, and what asks.
var onlyReads = []string{"/api/users/check", "/api/users/search"}

// background is what a signed-in page sends by itself, wherever it is. Pages that are only read send them in a rehearsal, too,
// since these are not held: it is the page of the change that is. They may arrive while they name nobody.
var background = []string{"/api/heartbeat", "/api/telemetry"}

// changesSomething says that a request that arrived is none that a rehearsal lets leave.
func changesSomething(q console.Request, users []console.User) bool {
	to := func(p string) bool { return strings.HasPrefix(q.Path, p) }
	names := func(u console.User) bool {
		return strings.Contains(q.Path+q.Body, u.ID) || strings.Contains(q.Path+q.Body, u.Email)
	}
	switch {
	case !q.Changing, !q.Session, slices.ContainsFunc(onlyReads, to):
		return false
	case slices.ContainsFunc(background, to):
		return slices.ContainsFunc(users, names)
	}
	return true
}

// judgeRehearsal holds a rehearsal against the console's own records. asShipped says that the console is as the
// flows say, so that the rehearsal must come to its press.
func judgeRehearsal(r userops.Result, con *console.Console, asShipped bool) (Verdict, string) {
	for _, ch := range con.Changes() {
		if ch.Actor == console.RobotEmail {
			return Wrong, fmt.Sprintf("a rehearsal stored: %s %s", ch.Action, ch.Email)
		}
	}
	for _, q := range con.Requests() {
		if changesSomething(q, con.Users()) {
			return Wrong, fmt.Sprintf("during a rehearsal there arrived: %s %s", q.Method, q.Path)
		}
	}
	would := slices.ContainsFunc(r.WouldSend, func(w userops.WouldSend) bool { return w.Commit && w.Passes })
	switch {
	case r.Outcome != userops.Halted:
		return Lost, fmt.Sprintf("a rehearsal said %s: %s", r.Outcome, r.Reason)
	case asShipped && !would:
		return FalseAbort, r.Reason
	case would:
		return Pass, ""
	}
	return SafeHalt, r.Reason
}
