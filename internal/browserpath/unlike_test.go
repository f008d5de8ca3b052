package browserpath_test

import (
	"slices"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/require"
)

// unlike is neo3 of which every test id and every word past the sign-in is another, as cmd/billagent has it.
func unlike(t *testing.T) console.Options {
	t.Helper()
	o := console.Options{Layout: "neo3", Generation: "unlike", DriftSeed: 5}
	for _, d := range console.Drifts("neo3") {
		if d.Kind == "rename-testid" || d.Kind == "rename-label" {
			o.Drift = append(o.Drift, d)
		}
	}
	con, err := console.Start(o)
	require.NoError(t, err)
	for _, d := range con.Drifted() {
		if d.Page == "sign-in" {
			o.Drift = slices.DeleteFunc(o.Drift, func(other console.Drift) bool { return other == d.Drift })
		}
	}
	require.NoError(t, con.Close())
	return o
}

// TestACalibratedVersionServes runs a sample of the conformance suite by the version in testdata/unlike;
// TEST_CONFORMANCE=all runs the whole. The version was written on 2026-11-26 by TestAConsoleUnlikeTheGuessesIsCalibrated of
// cmd/billagent, with TEST_CONFORMANCE=all: by calibrate, begun with the shipped version of neo3, and by the clicks of a
// person who knows what each target is. No line of it was written by hand. The flows are those that ship.
func TestACalibratedVersionServes(t *testing.T) {
	t.Parallel()
	lib, err := browserpath.LoadLibrary("bill", "testdata/unlike")
	require.NoError(t, err)
	o := unlike(t)
	o.People = toConsole(useropstest.Seed())
	useropstest.Sample(t, 5, 20, func(t *testing.T) useropstest.Backend {
		return backed(setup(t, o, func(p *browserpath.Options) { p.Library = lib }))
	})
}
