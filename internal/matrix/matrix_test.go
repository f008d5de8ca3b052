package main

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain lets this binary stand in for the matrix's worker processes.
func TestMain(m *testing.M) {
	if text := os.Getenv(workerVariable); text != "" {
		if err := work(context.Background(), text); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(2)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// part is what of the matrix runs with every test run: each kind of fault once or twice, spread over layouts and
// actions. The whole takes an hour: see the README.
var part = regexp.MustCompile(strings.Join([]string{
	`identity/stale-link classic deactivate`, `identity/row-inserted@users.list\+1 neo3 deactivate`, `identity/same-email@users.list neo deactivate`,
	`truth/effect-then-500@commit neo set-role`, `truth/effect-without-toast@commit neo3 set-role`, `truth/other-admin-first@users.list classic deactivate`,
	`session/session-expired@users.list neo3 invite`, `session/other-organisation@users.list neo invite`,
	`session/(captcha|account-locked)@users.list classic reactivate`,
	`page/shield@users neo deactivate`, `page/button-doubled@users neo invite`, `page/moving-button@users neo deactivate`,
	`machine/disk full at intent neo3 invite`, `machine/disk full at acted neo3 deactivate`,
}, "|"))

func TestAPartOfTheMatrix(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	t.Parallel()
	n := 0
	for _, c := range cases(console.Layouts, []int64{1}) {
		if !part.MatchString(c.String()) {
			continue
		}
		n++
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			v, why := try(t.Context(), c, 4*time.Second)
			allowed := []Verdict{Pass}
			if !c.CanGoOn {
				allowed = append(allowed, SafeHalt)
			}
			assert.Contains(t, allowed, v, why)
		})
	}
	require.Equal(t, 15, n, "the names of cases have changed")
}

// One layout is enough here: where a process dies in the agent's own steps does not depend on the layout. The whole
// sweep, over all layouts, is `go run ./internal/matrix -faults=false`.
func TestAPartOfTheKillSweep(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	t.Parallel()
	const layout = "neo"
	g, err := newGround(t.Context(), layout, 1, 4*time.Second)
	require.NoError(t, err)
	defer func() { require.NoError(t, g.Close()) }()
	all, err := g.sweep(t.Context(), layout, userops.SetRole, 90, 8)
	require.NoError(t, err)
	require.Greater(t, len(all), 2)
	for _, c := range all {
		v, why := g.die(t.Context(), c)
		assert.Contains(t, []Verdict{Pass, SafeHalt, Unknown}, v, "%s: %s", c, why)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outcome userops.Outcome
		do      func(con *console.Console, ann, joann console.User)
		want    Verdict
	}{
		"done and so":           {userops.Done, deactivates(1, false), Pass},
		"done and not so":       {userops.Done, deactivates(0, false), Lost},
		"halted and not so":     {userops.Halted, deactivates(1, false), Lost},
		"halted and so":         {userops.Halted, deactivates(0, false), SafeHalt},
		"already and not so":    {userops.Already, deactivates(0, false), Lost},
		"requested and not so":  {userops.Requested, deactivates(0, false), Lost},
		"twice":                 {userops.Done, deactivates(2, false), Duplicate},
		"the wrong one":         {userops.Done, deactivates(1, true), Wrong},
		"the wrong one, halted": {userops.Halted, deactivates(1, true), Wrong},
		"unknown":               {userops.Unknown, deactivates(1, false), Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			con, err := console.Start(console.Options{})
			require.NoError(t, err)
			defer func() { require.NoError(t, con.Close()) }()
			ann, ok := con.UserByEmail(leaver)
			require.True(t, ok)
			joann, ok := con.UserByEmail("jo" + leaver)
			require.True(t, ok)
			c.do(con, ann, joann)
			v, _ := judge(Case{Action: userops.Deactivate}, userops.Result{Outcome: c.outcome}, con, 0)
			assert.Equal(t, c.want, v)
		})
	}
}

// deactivates has the robot deactivate ann, or joann, n times.
func deactivates(n int, wrong bool) func(con *console.Console, ann, joann console.User) {
	return func(con *console.Console, ann, joann console.User) {
		if wrong {
			ann = joann
		}
		for range n {
			if _, err := con.SetActive(console.MainOrganisation, console.RobotEmail, ann.ID, false); err != nil {
				panic(err)
			}
		}
	}
}

// TestAStrideComesToEveryCase goes through all by the seeds.
func TestAStrideComesToEveryCase(t *testing.T) {
	all := []int{1, 2, 3, 4, 5, 6, 7}
	var got []int
	for seed := range int64(3) {
		got = append(got, strided(all, settings{seed: seed + 1, stride: 3})...)
	}
	assert.Equal(t, []int{1, 4, 7, 2, 5, 3, 6}, got)
	assert.Equal(t, all, strided(all, settings{seed: 9, stride: 1}))
}

// TestAStrideOfRehearsalsComesToEveryChange takes each seventh of 200 seeds: every change on every layout, many times.
func TestAStrideOfRehearsalsComesToEveryChange(t *testing.T) {
	s := settings{layouts: console.Layouts, seed: 1, stride: 7, rehearse: 200}
	for _, a := range actions {
		s.actions = append(s.actions, string(a))
	}
	count := func() map[string]int {
		n := map[string]int{}
		for _, r := range rehearsals(s) {
			for _, a := range r.actions {
				n[r.layout+" "+string(a)]++
			}
		}
		return n
	}
	sampled := count()
	assert.Len(t, sampled, len(console.Layouts)*len(actions))
	for what, n := range sampled {
		assert.GreaterOrEqual(t, n, 25, what)
	}
	s.stride = 1
	assert.Len(t, rehearsals(s), 200*len(console.Layouts))
	for what, n := range count() {
		assert.Equal(t, 200, n, what)
	}
}
