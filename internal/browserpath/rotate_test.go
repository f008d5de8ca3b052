package browserpath_test

import (
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestASessionWhoseCookiesRotateIsKept runs three times on a console that gives another session cookie with every page.
func TestASessionWhoseCookiesRotateIsKept(t *testing.T) {
	t.Parallel()
	box, err := seal.New(t.TempDir(), "")
	require.NoError(t, err)
	var opts browserpath.Options
	con, first := setup(t, console.Options{Layout: "neo", Users: 12, Differences: []string{"cookie-rotates"}}, func(o *browserpath.Options) {
		o.Sessions = box
		ownBrowser(t, o)
		opts = *o
	})
	signIns := func() (n int) {
		for _, r := range con.Requests() {
			if r.Changing && r.Path == "/neo/login/password" {
				n++
			}
		}
		return n
	}
	runs := []func(p *browserpath.Path){
		func(p *browserpath.Path) {
			l, err := p.List(t.Context(), nil, func(userops.User) error { return nil })
			require.NoError(t, err)
			assert.True(t, l.Complete, l.Proof)
		},
		func(p *browserpath.Path) {
			r := p.Change(t.Context(), useropstest.SetRole("ann@acme.example", "Clerk"))
			require.Equal(t, userops.Done, r.Outcome, r.Reason)
		},
		func(p *browserpath.Path) {
			u, err := p.Get(t.Context(), "ann@acme.example")
			require.NoError(t, err)
			assert.Equal(t, "Clerk", u.Role)
		},
	}
	p := first
	var since any
	for i, run := range runs {
		run(p)
		require.NoError(t, p.Close())
		con.ForgetOldCookies()
		at, _, ok, err := p.SessionInfo()
		require.NoError(t, err)
		require.True(t, ok)
		if i > 0 {
			assert.Equal(t, since, any(at), "it is the same session still")
		}
		since = at
		assert.Equal(t, 1, signIns(), "run %d signed in anew", i+1)
		p = browserpath.New(opts)
	}
}
