package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEachTargetStandsSomewhere has targets of each provenance, found and not, and changes that were and were not rehearsed.
func TestEachTargetStandsSomewhere(t *testing.T) {
	t.Parallel()
	overlay := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(overlay, "selectors/own"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(overlay, "selectors/own/cards-2026-11.yaml"), []byte(`app: own
layout: cards
date: 2026-11-28
covers: console
source: What this test needs.
fingerprints: [{ any: [{ css: main, provenance: recorded }] }]
targets:
  a: { candidates: [{ css: a, provenance: recorded }] }
  b: { candidates: [{ css: a, provenance: guessed }] }
  c: { candidates: [{ css: a, provenance: documented }] }
  d: { candidates: [{ css: a, provenance: guessed }] }
  e: { candidates: [{ css: a, provenance: guessed }] }
`), 0o600))
	all, err := selectors.Load("own", overlay)
	require.NoError(t, err)
	done := &service.Calibrated{After: all[0], Results: []userops.Result{{Action: userops.Deactivate}}, Report: &doctor.Report{
		Targets: []*doctor.Target{{Name: "a", State: doctor.Found}, {Name: "b", State: doctor.Fallback, Detail: "by another"}, {Name: "d", State: doctor.Missing}},
		Flows:   []doctor.Flow{{Name: "list-users"}, {Name: "deactivate"}, {Name: "invite"}, {Name: "rename", Skipped: "nobody is there"}},
	}}
	assert.Equal(t, targetStanding{
		Known: []string{"a", "b"}, Recorded: []string{"a"}, Fallback: []string{"b (by another)"}, Guessed: []string{"d", "e"}, Unseen: []string{"c"},
		Untested: []string{"invite: it was not rehearsed", "rename: nobody is there"},
	}, standingOf(done))
}
