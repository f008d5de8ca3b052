package selectors

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNothingThatIsSomebodysIsShared has names wherever a file can have texts, and looks for them in what is shared.
func TestNothingThatIsSomebodysIsShared(t *testing.T) {
	t.Parallel()
	const file = `app: bill # asked of Mallory
layout: own
date: 2026-11-26
covers: console
source: Seen by Mallory.
fingerprints:
  - any: [{ css: "#nav", provenance: recorded, date: 2026-11-26, evidence: 01Mallory }, { text: Mallory, provenance: recorded }]
targets:
  list:
    candidates: [{ testid: list, provenance: recorded }, { role: grid, name: Mallory, provenance: recorded }]
    fingerprint: { tag: div, name: Mallory, beside: Mallory, href: /Mallory }
    table:
      rows: .row
      key: email
      columns: { email: { header: Mail }, role: { candidates: [{ css: .role, provenance: guessed }, { css: ".Mallory", provenance: guessed }] } }
      witness: { path: /api/Mallory, rows: users, fields: { email: email } }
`
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "selectors/bill"), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "selectors/bill/own-2026-11.yaml"), []byte(file), 0o600))
	load := func() *Version {
		all, err := Load("bill", dir)
		require.NoError(t, err)
		for _, v := range all {
			if v.Layout == "own" {
				return v
			}
		}
		return nil
	}
	got, err := load().Share(func(text string) string {
		if strings.Contains(text, "Mallory") {
			return "it names Mallory"
		}
		return ""
	})
	require.NoError(t, err)
	assert.NotContains(t, string(got.Text), "Mallory")
	assert.Empty(t, got.Lacking)
	said := strings.Join(got.Stripped, "\n")
	for _, at := range []string{"source", "fingerprints.0, candidate 1: the name of its evidence", "fingerprints.0, candidate 2", "list, candidate 2", "list.fingerprint.name",
		"list.fingerprint.beside", "list.fingerprint.href", "list.role, candidate 2", "list.witness", "the file: comments"} {
		assert.Contains(t, said, at)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "selectors/bill/own-2026-11.yaml"), got.Text, 0o600))
	assert.Equal(t, "list", load().Targets["list"].Candidates[0].TestID, "it can be loaded")

	for text, at := range map[string]string{"bill": "app", "own": "layout", "list": "the name of list", "role": "the name of list.role", "email": "list.key"} {
		got, err = load().Share(func(told string) string { return map[bool]string{true: "it is secret"}[told == text] })
		require.NoError(t, err)
		assert.Contains(t, got.Lacking, at, "what the file is nothing without keeps it from being given")
	}
	got, err = load().Share(func(text string) string {
		return map[bool]string{true: "it is secret"}[strings.Contains(text, "testid=list")]
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"list"}, got.Lacking, "nothing would be left to find it by")
}
