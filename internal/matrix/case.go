package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
)

// Who is who in every case. The look-alike joann@ is there from the start.
const (
	leaver   = "ann@acme.example"
	returner = "gone@acme.example"
	joiner   = "nora.new@acme.example"
)

// actions are the changes that every fault is tried with.
var actions = userops.Actions()

func subject(a userops.Action) string {
	return map[userops.Action]string{userops.Invite: joiner, userops.Deactivate: leaver, userops.Reactivate: returner, userops.SetRole: leaver, userops.Rename: leaver}[a]
}

// Case is one change under one misfortune.
type Case struct {
	Group, Name string
	Layout      string
	Action      userops.Action
	Seed        int64
	Faults      []console.Fault
	Options     console.Options // what the console starts with beside these
	// CanGoOn says that a careful engine could have gone on: to halt is then a false abort.
	CanGoOn bool
	Kill    *Kill         // a process that dies
	Fail    string        // the write of the journal that fails, for a full disk
	May     []Verdict     // verdicts that are right for this case beside pass and, where one can't go on, a safe halt
	Settle  time.Duration // how long after the change the console may still store something
	Zone    string        // the time zone that an invitation asks for
	Unsaid  bool          // the flow does not say what its commit sends
	Resends bool          // the browser itself may send once more: that is no fault of the agent's if it says so
}

func (c Case) String() string {
	return fmt.Sprintf("%s/%s %s %s seed %d", c.Group, c.Name, c.Layout, c.Action, c.Seed)
}

// trouble is a fault, where it strikes, and whether one could go on all the same.
type trouble struct {
	group, name string
	steps       []string // each a case of its own; "commit" is the step that stores the change
	times, skip int
	canGoOn     bool
	only        []userops.Action
	layouts     []string
	options     console.Options
}

// pages are the steps at which a page is shown while a change is made. A step that a layout or a flow does not have is
// not struck.
var pages = []string{"users.list", "users.detail", "users.new", "users.edit"}

var taking = []userops.Action{userops.Deactivate, userops.SetRole}

// troubles is the matrix. Some strike anew at each visit (times 0), others once.
var troubles = []trouble{
	// Identity.
	{group: "identity", name: "row-inserted", steps: []string{"users.list", "users.detail"}, times: 1, canGoOn: true, only: taking},
	{group: "identity", name: "row-inserted", steps: []string{"users.list"}, times: 1, skip: 1, canGoOn: true, only: taking},
	{group: "identity", name: "row-deleted", steps: []string{"users.list", "users.detail", "commit"}, times: 1, only: taking},
	{group: "identity", name: "row-deleted", steps: []string{"users.list"}, times: 1, skip: 1, only: taking},
	{group: "identity", name: "rows-resorted", steps: []string{"users.list", "users.detail"}, times: 1, canGoOn: true},
	{group: "identity", name: "rows-resorted", steps: []string{"users.list"}, times: 1, skip: 1, canGoOn: true},
	{group: "identity", name: "list-grows", steps: []string{"users.list"}, times: 2, skip: 1, canGoOn: true},
	{group: "identity", name: "same-email", steps: []string{"users.list"}, times: 1, only: taking},
	{group: "identity", name: "same-email", steps: []string{"users.detail"}, times: 1, only: taking},
	{group: "identity", name: "same-name", steps: []string{"users.list"}, times: 1, canGoOn: true, only: taking},
	{group: "identity", name: "stale-link", only: []userops.Action{userops.Deactivate, userops.SetRole, userops.Reactivate}},
	// The page.
	{group: "page", name: "moving-button", steps: []string{"users"}, canGoOn: true},
	{group: "page", name: "shield", steps: []string{"users"}},
	{group: "page", name: "replaced-button", steps: []string{"users"}, canGoOn: true, layouts: []string{"classic", "neo"}},
	{group: "page", name: "mousedown-rerender", steps: []string{"users"}},
	{group: "page", name: "focus-stolen", steps: []string{"users"}, canGoOn: true},
	{group: "page", name: "readonly-field", steps: []string{"users"}, canGoOn: true},
	{group: "page", name: "reformatted-value", steps: []string{"users"}, only: []userops.Action{userops.Invite}},
	{group: "page", name: "slow-4s", steps: pages, times: 1, canGoOn: true},
	{group: "page", name: "slow-12s", steps: append(slices.Clone(pages), "commit"), times: 1, canGoOn: true},
	{group: "page", name: "survey", steps: []string{"users"}},
	{group: "page", name: "cookie-banner", steps: []string{"users"}},
	{group: "page", name: "label-renamed", steps: []string{"users"}},
	{group: "page", name: "button-doubled", steps: []string{"users"}},
	{group: "page", name: "zoomed", steps: []string{"users"}, canGoOn: true},
	{group: "page", name: "swallowed-click", steps: []string{"users"}},
	{group: "page", name: "beforeunload-prompt", steps: []string{"users"}, canGoOn: true},
	{group: "page", name: "alert", steps: []string{"users"}, canGoOn: true},
	// Truth.
	{group: "truth", name: "toast-without-effect", steps: []string{"commit"}, times: 1, canGoOn: true},
	{group: "truth", name: "effect-without-toast", steps: []string{"commit"}, times: 1, canGoOn: true},
	{group: "truth", name: "effect-then-500", steps: []string{"commit"}, times: 1, canGoOn: true},
	{group: "truth", name: "late-effect", steps: []string{"commit"}, times: 1, canGoOn: true},
	{group: "truth", name: "wrong-user-shown", steps: []string{"commit"}, times: 1, canGoOn: true, only: []userops.Action{userops.Deactivate, userops.Reactivate, userops.SetRole}},
	{group: "truth", name: "dual-control-on", steps: append(slices.Clone(pages), "commit"), times: 1, canGoOn: true},
	{group: "truth", name: "roles-changed", steps: []string{"users.list", "users.new"}, times: 1, only: []userops.Action{userops.Invite}},
	{group: "truth", name: "other-admin-first", steps: []string{"users.list", "users.detail", "commit"}, times: 1, canGoOn: true, only: []userops.Action{userops.Deactivate}},
	{group: "truth", name: "error-500", steps: append(slices.Clone(pages), "commit"), times: 1},
	// The session.
	{group: "session", name: "session-expired", steps: append(slices.Clone(pages), "home", "commit"), times: 1, canGoOn: true},
	{group: "session", name: "session-expired", steps: []string{"users.list"}, times: 1, skip: 1, canGoOn: true},
	// Not at the commit: where the console itself takes a request for another organisation, no agent can see it.
	{group: "session", name: "other-organisation", steps: pages, times: 1},
	{group: "session", name: "step-up", steps: append(slices.Clone(pages), "commit"), times: 1, canGoOn: true},
	{group: "session", name: "code-refused", steps: []string{"signin.code"}},
	{group: "session", name: "trust-gone", steps: []string{"home", "users.list"}, times: 1, canGoOn: true},
	{group: "session", name: "account-locked", steps: append([]string{"signin.password"}, pages...), times: 1},
	{group: "session", name: "captcha", steps: append([]string{"signin.password"}, pages...)},
	{group: "session", name: "maintenance", steps: append([]string{"signin.password"}, pages...)},
	{group: "session", name: "foreign-redirect", steps: append([]string{"home"}, pages...)},
	{group: "session", name: "pod-changed", steps: append(slices.Clone(pages), "commit"), times: 1, canGoOn: true},
	// The machine.
	{group: "machine", name: "cut", steps: append(slices.Clone(pages), "commit", "home"), times: 1},
	{group: "machine", name: "clock 25 s off", options: console.Options{ClockOffset: 25e9}, canGoOn: true},
	{group: "machine", name: "clock an hour off", options: console.Options{ClockOffset: 3600e9}},
}

// has says whether a layout's flow for an action goes by a step.
func has(layout string, a userops.Action, step string) bool {
	switch step {
	case "users.new":
		return a == userops.Invite && layout != "neo3"
	case "users.detail":
		return a != userops.Invite
	case "users.edit":
		return (a == userops.SetRole || a == userops.Rename) && layout != "neo3"
	}
	return true
}

// cases lays out the matrix, without the processes that die.
func cases(layouts []string, seeds []int64) []Case {
	var out []Case
	for _, seed := range seeds {
		for _, layout := range layouts {
			for _, a := range actions {
				for _, t := range troubles {
					out = append(out, t.cases(layout, a, seed)...)
				}
				for _, w := range []string{"begin", "lease", "run", "intent", "acted", "finish"} {
					out = append(out, Case{Group: "machine", Name: "disk full at " + w, Layout: layout, Action: a, Seed: seed, Fail: w, CanGoOn: w == "acted" || w == "finish"})
				}
			}
		}
	}
	for _, seed := range seeds {
		out = append(out, differingCases(layouts, seed)...)
	}
	return out
}

func (t trouble) cases(layout string, a userops.Action, seed int64) []Case {
	if len(t.only) > 0 && !slices.Contains(t.only, a) || len(t.layouts) > 0 && !slices.Contains(t.layouts, layout) {
		return nil
	}
	base := Case{Group: t.group, Name: t.name, Layout: layout, Action: a, Seed: seed, CanGoOn: t.canGoOn, Options: t.options}
	if t.options.ClockOffset == 0 && len(t.steps) == 0 {
		base.Faults = []console.Fault{{Name: t.name, Whom: subject(a)}}
	}
	if len(t.steps) == 0 {
		return []Case{base}
	}
	var out []Case
	for _, step := range t.steps {
		if !has(layout, a, step) {
			continue
		}
		c := base
		at := step
		if step == "commit" {
			at = string(a)
		}
		c.Name = fmt.Sprintf("%s@%s", t.name, step)
		if t.skip > 0 {
			c.Name += fmt.Sprintf("+%d", t.skip)
		}
		c.Faults = []console.Fault{{Name: t.name, At: at, Times: t.times, Skip: t.skip, Whom: subject(a)}}
		out = append(out, c)
	}
	return out
}
