package browserpath

import (
	"context"
	"fmt"
	"io/fs"
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func halting(t *testing.T) *Path {
	t.Helper()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	box, err := seal.New(t.TempDir(), "")
	require.NoError(t, err)
	code := func(context.Context) (string, error) { return "", nil }
	return New(Options{Tenant: "demo", Library: lib, Sessions: box, Factor: TOTP{Secret: code}, Account: "robot@acme.example"})
}

// TestEveryHaltBehindThePasswordIsRemembered has a sign-in end in several ways, the password typed or not.
func TestEveryHaltBehindThePasswordIsRemembered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind  error
		typed bool
		kept  bool
	}{
		{userops.ErrDrift, true, true},
		{userops.ErrUnknownUI, true, true},
		{userops.ErrNeedsPerson, true, true}, // a refused password of which the message is not known ends so
		{userops.ErrLocked, true, true},
		{userops.ErrNeedsPerson, false, false},
		{userops.ErrUnreachable, true, false},
		{userops.ErrCancelled, true, false},
		{userops.ErrTimeout, true, false},
		{userops.ErrCredentials, true, false}, // the password itself is remembered
	} {
		p := halting(t)
		p.typed = c.typed
		failed := fmt.Errorf("signing in: %w", c.kind)
		p.noteHalt(failed)
		_, err := p.opts.Sessions.Get(p.halted())
		if !c.kept {
			require.ErrorIs(t, err, fs.ErrNotExist, c.kind)
			continue
		}
		require.NoError(t, err, c.kind)
		_ = p.notSignedIn(t.Context(), failed)
		require.ErrorIs(t, p.refusedLately(), c.kind, "nor is it tried again at once")
		p.onSignIn = &signInLook{}
		require.ErrorIs(t, p.sameAgain(), userops.ErrSignInHalted)
	}
}

// TestASignInIsAnotherOneOnceItIsCorrected changes what a sign-in goes by, and what it does not.
func TestASignInIsAnotherOneOnceItIsCorrected(t *testing.T) {
	t.Parallel()
	p := halting(t)
	before := p.signInNow()
	require.NotNil(t, before)
	for _, v := range p.opts.Library.Versions {
		for _, spec := range v.Targets {
			spec.Fingerprint = &selectors.Fingerprint{Tag: "learnt"}
		}
		if v.Covers == selectors.Console {
			v.Fingerprints = nil
		}
	}
	assert.Equal(t, before, p.signInNow(), "what targets look like, and the console, are none of it")
	for _, f := range p.opts.Library.Named(signInFlow) {
		f.Steps = f.Steps[1:]
	}
	flow := p.signInNow()
	assert.NotEqual(t, before, flow)
	p.opts.Account = "other@acme.example"
	assert.NotEqual(t, flow, p.signInNow())
}
