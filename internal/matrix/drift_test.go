package main

import (
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMutationsAreOfEachLayoutAndKind(t *testing.T) {
	t.Parallel()
	all := mutations(console.Layouts, 100, 1)
	require.Len(t, all, 100)
	n, kinds := map[string]int{}, map[string]int{}
	for _, m := range all {
		n[m.layout]++
		kinds[m.drift.Kind]++
	}
	assert.Equal(t, map[string]int{"classic": 34, "neo": 33, "neo3": 33}, n)
	for _, k := range console.DriftKinds() {
		assert.NotZero(t, kinds[k], k)
	}
	assert.Equal(t, all, mutations(console.Layouts, 100, 1), "the same seed chooses the same")
	assert.NotEqual(t, all, mutations(console.Layouts, 100, 2))
	again := mutations([]string{"neo"}, 400, 1)
	assert.Equal(t, int64(2), again[399].seed, "what is made again is made otherwise")
}

// drifted is a Save of neo whose label is another, of the page of a new user.
var drifted = console.Drifted{Drift: console.Drift{Kind: "rename-label", Element: "new-save"}, Page: "users.new",
	Before: console.Look{Label: "Save", Tag: "button"}, Now: console.Look{Label: "Apply", Tag: "button"}}

func saves() map[string]learnt {
	save := func(name, flow string) learnt {
		called := []selectors.Candidate{{Role: "button", Name: "Save"}}
		return learnt{target: &selectors.Target{Name: name, Candidates: called},
			print: &selectors.Fingerprint{Tag: "button", Name: "Save"}, flows: []string{flow}, state: "found"}
	}
	lies := save("invite.row", "invite")
	lies.target = &selectors.Target{Name: "invite.row", Within: &selectors.Target{Name: "invite.save"}}
	lies.print = &selectors.Fingerprint{Tag: "div"}
	return map[string]learnt{
		"invite.save": save("invite.save", "invite"), "user.save": save("user.save", "set-role"), "invite.row": lies,
	}
}

func TestTheElementIsTheTargetOfItsPage(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"invite.save"}, usedBy(drifted, saves()))
	p := planFor(mutation{layout: "neo", drift: drifted.Drift}, drifted, saves())
	assert.Equal(t, []string{"invite"}, p.walk)
	assert.Equal(t, userops.Invite, p.action)
	assert.True(t, p.seen)
}

func TestTheJudgeOfLooks(t *testing.T) {
	t.Parallel()
	target := func(name string, s doctor.State) *doctor.Target { return &doctor.Target{Name: name, State: s} }
	halt := []doctor.Flow{{Name: "invite", Reason: "something is missing"}}
	print := func(name string) map[string]selectors.Revision {
		return map[string]selectors.Revision{"invite.save": {Fingerprint: &selectors.Fingerprint{Tag: "button", Name: name}}}
	}
	report := func(halts []doctor.Flow, all ...*doctor.Target) *doctor.Report {
		return &doctor.Report{Flows: halts, Targets: all}
	}
	lies, other := target("invite.row", doctor.Missing), target("user.save", doctor.Missing)
	missing, found := target("invite.save", doctor.Missing), target("invite.save", doctor.Found)
	for name, c := range map[string]struct {
		s     sightings
		used  []string
		exact bool
		first proposed
	}{
		"it is missing":              {sightings{report: report(halt, missing)}, nil, true, refused},
		"it is found":                {sightings{report(nil, found), print("Apply")}, nil, true, noProposal},
		"another one is found":       {sightings{report(nil, found), print("Save")}, nil, false, noProposal},
		"it halts and names nothing": {sightings{report(halt, found), print("Apply")}, nil, false, noProposal},
		"what lies in it":            {sightings{report: report(halt, missing, lies)}, nil, true, refused},
		"something else, too":        {sightings{report: report(halt, missing, other)}, nil, false, refused},
		"nothing uses it":            {sightings{report: &doctor.Report{}}, []string{}, true, noProposal},
		"nothing, and it halts":      {sightings{report: &doctor.Report{Flows: halt}}, []string{}, false, noProposal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := driftJudgement{plan: plan{used: []string{"invite.save"}, seen: true}}
			if c.used != nil {
				j.plan.used = c.used
			}
			judgeLook(&j, drifted, c.s, saves())
			assert.Equal(t, c.exact, j.exact, j.inexact)
			assert.Equal(t, c.first, j.first)
			assert.True(t, j.looked)
		})
	}
}

func TestWhatIsSeenIsHeldAgainstTheDriftedElement(t *testing.T) {
	t.Parallel()
	l := learnt{print: &selectors.Fingerprint{Name: "Trash"},
		target: &selectors.Target{Name: "user.trash",
			Candidates: []selectors.Candidate{{TestID: "a"}, {CSS: "#a"}, {Name: "Trash"}}}}
	d := func(now console.Look) console.Drifted {
		was := now
		if now.Label != "" {
			was.Label = "Trash"
		}
		return console.Drifted{Drift: console.Drift{Element: "trash"}, Before: was, Now: now}
	}
	type looks = selectors.Fingerprint
	for name, c := range map[string]struct {
		now  console.Look
		seen looks
		want bool
	}{
		"the test id":            {console.Look{TestID: "a", Tag: "button"}, looks{TestID: "a", Tag: "button"}, true},
		"another test id":        {console.Look{TestID: "a", Tag: "button"}, looks{TestID: "b", Tag: "button"}, false},
		"the id":                 {console.Look{ID: "a", Tag: "p"}, looks{ID: "a", Tag: "p"}, true},
		"another tag":            {console.Look{ID: "a", Tag: "p"}, looks{ID: "a", Tag: "b"}, false},
		"the control in a label": {console.Look{Label: "Show", Tag: "label"}, looks{Name: "Show", Tag: "input"}, true},
		"another label":          {console.Look{Label: "Show", Tag: "a"}, looks{Name: "Hide", Tag: "a"}, false},
		"only a tag":             {console.Look{Tag: "a"}, looks{Name: "Trash", Tag: "a"}, true},
		"a tag, another name":    {console.Look{Tag: "a"}, looks{Name: "More", Tag: "a"}, false},
	} {
		assert.Equal(t, c.want, isNow(d(c.now), &c.seen, l), name)
	}
}

// TestAFewDriftsAreMeasured tries a few drifts as the program does. What many came to stands in selectors/README.md.
func TestAFewDriftsAreMeasured(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	t.Parallel()
	var few []mutation
	for _, text := range []string{
		"rename-testid:profile-deactivate", "rename-testid:confirm-yes", "duplicate:confirm-yes", "move:me",
	} {
		d, err := console.ParseDrift(text)
		require.NoError(t, err)
		few = append(few, mutation{"neo3", d, 1})
	}
	tally, err := measureDrifts(t.Context(), settings{workers: 2, patience: 4 * time.Second}, few)
	require.NoError(t, err)
	require.Len(t, tally.all, len(few))
	for _, j := range tally.all {
		assert.False(t, j.actsWrongly(), "%s: %s", j.mutation, j.why)
		assert.NotEqual(t, Broken, j.acted, "%s: %s", j.mutation, j.why)
		assert.True(t, j.exact, "%s: %s", j.mutation, j.inexact)
		switch j.drift.String() {
		case "rename-testid:profile-deactivate":
			assert.True(t, j.fallback && j.works(), j.why)
		case "rename-testid:confirm-yes":
			assert.Equal(t, SafeHalt, j.acted, j.why)
			assert.Equal(t, right, j.first, j.proposal)
		case "move:me":
			assert.Empty(t, j.plan.used)
			assert.True(t, j.works(), j.why)
		}
	}
}

func TestAWorkerKeepsToALayoutWhileThereAreSomeOfIt(t *testing.T) {
	of := func(layouts ...string) (out []mutation) {
		for _, l := range layouts {
			out = append(out, mutation{layout: l})
		}
		return out
	}
	q := newDriftQueue(of("neo", "neo3", "neo3", "neo", "classic", "neo3"))
	var got []string
	for m, ok := q.next("neo"); ok; m, ok = q.next(got[len(got)-1]) {
		got = append(got, m.layout)
	}
	assert.Equal(t, []string{"neo", "neo", "neo3", "neo3", "neo3", "classic"}, got, "and then takes the one of which most are left")
}
