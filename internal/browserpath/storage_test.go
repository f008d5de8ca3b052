package browserpath_test

import (
	"context"
	"errors"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestASignInThatPagesKeepAPartOfIsSavedWithIt has a console whose pages keep a token, which the app's file names.
// The session is saved, used by the next run, revealed as another program would have it, and taken over from there.
func TestASignInThatPagesKeepAPartOfIsSavedWithIt(t *testing.T) {
	t.Parallel()
	var opts browserpath.Options
	con, first := setup(t, console.Options{Layout: "neo", Users: 12, Differences: []string{"token-in-local-storage"}}, func(o *browserpath.Options) {
		box, err := seal.New(t.TempDir(), "")
		require.NoError(t, err)
		o.Sessions, o.Library.App.Storage = box, []string{"token"}
		ownBrowser(t, o)
		opts = *o
	})
	n, err := count(t, first)
	require.NoError(t, err)
	require.NoError(t, first.Close())
	opts.Password = func(context.Context) (string, error) { return "", errors.New("nobody may ask") }
	next := func() *browserpath.Path {
		p := browserpath.New(opts)
		t.Cleanup(func() { require.NoError(t, p.Close()) })
		return p
	}
	second := next()
	r := second.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	u, _ := con.UserByEmail(ann)
	assert.Equal(t, "Clerk", u.Role)
	require.NoError(t, second.Close())

	cookies, stored, home, ok, err := second.Reveal()
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, map[string]string{"token": "of this sign-in"}, stored.Local)
	opts.Sessions, err = seal.New(t.TempDir(), "")
	require.NoError(t, err)
	third := next()
	_, err = third.Adopt(cookies, map[string]map[string]string{stored.Origin: {"token": stored.Local["token"], "other": "x"}}, home)
	require.NoError(t, err)
	again, err := count(t, third)
	require.NoError(t, err)
	assert.Equal(t, n, again)
}

// TestWhatPagesRenewOfASignInIsSavedAgain has pages that keep something else after each page that is loaded.
func TestWhatPagesRenewOfASignInIsSavedAgain(t *testing.T) {
	t.Parallel()
	var opts browserpath.Options
	_, first := setup(t, console.Options{Layout: "neo", Users: 12, Differences: []string{"token-in-local-storage"}}, func(o *browserpath.Options) {
		box, err := seal.New(t.TempDir(), "")
		require.NoError(t, err)
		o.Sessions, o.Library.App.Storage = box, []string{"token", "pages"}
		ownBrowser(t, o)
		opts = *o
	})
	_, err := count(t, first)
	require.NoError(t, err)
	require.NoError(t, first.Close())
	kept := func() string {
		_, stored, _, ok, err := first.Reveal()
		require.NoError(t, err)
		require.True(t, ok)
		return stored.Local["pages"]
	}
	before := kept()
	second := browserpath.New(opts)
	t.Cleanup(func() { require.NoError(t, second.Close()) })
	alive, err := second.Alive(t.Context())
	require.NoError(t, err)
	require.True(t, alive)
	require.NoError(t, second.Close())
	assert.NotEqual(t, before, kept())
}
