package browserpath

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoPictureIsTakenForOneWhoStopsTheProgram has the program stopped where a failure would be pictured: with a page,
// that would wait for a picture of it. There is none here, so that taking one panics.
func TestNoPictureIsTakenForOneWhoStopsTheProgram(t *testing.T) {
	t.Parallel()
	p := halting(t)
	p.opts.EvidenceDir = t.TempDir()
	ev, closeEvidence, err := p.evidence("op")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.NotPanics(t, func() { p.keepFailure(ctx, nil, ev) })
	closeEvidence()
	said, err := os.ReadFile(filepath.Join(ev.Dir(), "steps.jsonl"))
	require.NoError(t, err)
	assert.Contains(t, string(said), `"not_taken":"the program was stopped"`)
	p.held = true
	assert.Panics(t, func() { p.keepFailure(ctx, nil, ev) }, "what follows a commit is kept all the same")
}
