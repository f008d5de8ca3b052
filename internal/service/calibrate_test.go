package service

import (
	"os"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// calibrated is a calibration of a shipped version that has written today's.
func calibrated(t *testing.T, c selectors.Change) *calibration {
	t.Helper()
	s := New(&config.Config{Overlay: t.TempDir(), State: t.TempDir(), Tenants: map[string]config.Tenant{"demo": {App: "bill", Path: "browser"}}}, Options{})
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	k := &calibration{service: s, tenant: "demo", version: "neo3-2026-09", out: &Calibrated{}, Calibrate: Calibrate{Asks: func(string) {}},
		before: map[string]*selectors.Spec{}, refuted: map[string]string{}}
	before, err := k.load()
	require.NoError(t, err)
	k.out.Before = before
	require.NoError(t, k.revise(before, c))
	require.FileExists(t, k.out.File)
	return k
}

// TestAVersionThatSaysNothingNewDoesNotStay ends a calibration that has written today's version, with something in it
// and without.
func TestAVersionThatSaysNothingNewDoesNotStay(t *testing.T) {
	t.Parallel()
	k := calibrated(t, selectors.Change{})
	file := k.out.File
	require.NoError(t, k.tidy())
	assert.NoFileExists(t, file)
	assert.Empty(t, k.out.File)
	assert.Nil(t, k.out.After)

	shown := selectors.Revision{Candidates: []selectors.Candidate{{TestID: "bin", Provenance: selectors.Recorded}}, Date: time.Now().Format(time.DateOnly), Evidence: "x"}
	k = calibrated(t, selectors.Change{Targets: map[string]selectors.Revision{"user.deactivate": shown}})
	require.NoError(t, k.tidy())
	text, err := os.ReadFile(k.out.File)
	require.NoError(t, err)
	assert.Contains(t, string(text), "testid: bin")
}

// TestWhatIsCoveredIsNotTakenBack has a flow halt at what was shown: once it is another thing, once it is covered, which
// the reason says with its name, too.
func TestWhatIsCoveredIsNotTakenBack(t *testing.T) {
	t.Parallel()
	shown := selectors.Revision{Candidates: []selectors.Candidate{{TestID: "bin", Provenance: selectors.Recorded}}, Date: time.Now().Format(time.DateOnly), Evidence: "x"}
	k := calibrated(t, selectors.Change{Targets: map[string]selectors.Revision{"user.deactivate": shown}})
	k.before["user.deactivate"], k.out.Shown = k.out.Before.Targets["user.deactivate"], []string{"user.deactivate"}
	covered := doctor.Flow{Name: "deactivate", Reason: `click "user.deactivate": target cannot be acted on: covered by <div class="banner">`}
	again, err := k.disprove(covered)
	require.NoError(t, err)
	assert.False(t, again)
	assert.Equal(t, []string{"user.deactivate"}, k.out.Shown)
	covered.Disproved = "user.deactivate"
	again, err = k.disprove(covered)
	require.NoError(t, err)
	assert.True(t, again)
	assert.Empty(t, k.out.Shown)
	text, err := os.ReadFile(k.out.File)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "testid: bin")
}

// TestOnlyWhatWasPressedWronglyIsRefuted has rehearsals fail in several ways.
func TestOnlyWhatWasPressedWronglyIsRefuted(t *testing.T) {
	t.Parallel()
	for kind, refuted := range map[error]bool{
		userops.ErrNotMeant: true, flows.ErrSilent: true, automation.ErrWrongIdentity: true,
		userops.ErrRehearsed: false, automation.ErrNotActionable: false, userops.ErrUnreachable: false, userops.ErrTimeout: false, userops.ErrCancelled: false,
	} {
		failed := &userops.Error{Act: "deactivate", Kind: userops.ErrDrift, Cause: &automation.Error{Act: "commit", Target: "confirm.yes", Kind: kind}}
		assert.Equal(t, refuted, refutes(failed), kind)
	}
}

// TestATargetThatNoVersionHasIsNotPicked is refused before a browser is started.
func TestATargetThatNoVersionHasIsNotPicked(t *testing.T) {
	t.Parallel()
	k := calibrated(t, selectors.Change{})
	_, err := k.service.Pick(t.Context(), k.tenant, Pick{Place: doctor.Place{Target: "nothing"}}, nil)
	require.ErrorIs(t, err, userops.ErrConfig)
	require.ErrorContains(t, err, "no selector version of bill has a target of this name")
}

// TestNoWordsAreTheMarkOfASignIn has a button and a field be shown there, by what a program calls them and by words.
func TestNoWordsAreTheMarkOfASignIn(t *testing.T) {
	t.Parallel()
	v := &selectors.Version{Fingerprints: []selectors.Condition{{}}}
	words := []selectors.Candidate{
		{Role: "button", Name: "Continue"}, {Label: "Password"}, {Text: "Continue"}, {Placeholder: "Password"}, {CSS: "form > input#a"}, {CSS: "[name=password]"},
	}
	assert.Empty(t, signInMarks(v, map[string]selectors.Revision{"signin.password_submit": {Candidates: words}}))
	called := []selectors.Candidate{{TestID: "login-next"}, {CSS: "#login-password"}, {CSS: "input#login-code"}}
	marks := signInMarks(v, map[string]selectors.Revision{"signin.password": {Candidates: append(words, called...)}})
	assert.Equal(t, map[int][]selectors.Candidate{0: called}, marks)
}
