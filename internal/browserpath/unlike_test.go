package browserpath_test

import (
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/require"
)

// TestACalibratedVersionServes runs a sample of the conformance suite by the version in testdata/unlike;
// TEST_CONFORMANCE=all runs the whole. The version was written by TestAConsoleUnlikeTheGuessesIsCalibrated of
// cmd/billagent, with TEST_CONFORMANCE=all: by calibrate, begun with the shipped version of neo3, and by the clicks of a
// person who knows what each target is. No line of it was written by hand. The flows are those that ship.
func TestACalibratedVersionServes(t *testing.T) {
	t.Parallel()
	lib, err := browserpath.LoadLibrary("bill", "testdata/unlike")
	require.NoError(t, err)
	o, err := console.Unlike()
	require.NoError(t, err)
	o.People = toConsole(useropstest.Seed())
	useropstest.Sample(t, 5, 20, func(t *testing.T) useropstest.Backend {
		return backed(setup(t, o, func(p *browserpath.Options) { p.Library = lib }))
	})
}
