package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatIsKnownOfTheConsoleIsShown looks at selectors and flows without any configuration.
func TestWhatIsKnownOfTheConsoleIsShown(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(none, []byte("{}\n"), 0o600))
	run := func(args ...string) output { return command(t, append([]string{"--config", none}, args...)...) }

	versions := decode[[]listedVersion](t, run("selectors", "list", "-o", "json").stdout)
	require.Len(t, versions, 4)
	assert.Equal(t, "classic-2026-09", versions[0].Version)
	assert.NotZero(t, versions[0].Candidates["guessed"])
	assert.Contains(t, run("selectors", "list").stdout, "GUESSED")
	assert.Contains(t, run("selectors", "list", "-o", "csv").stdout, "classic-2026-09,classic,")

	out := run("selectors", "show", "neo-2026-09", "nav.settings")
	assert.Equal(t, "nav.settings\n  1. role=link name=Settings  (documented)\n  within nav.bar\n", out.stdout)
	out = run("selectors", "show", "neo-2026-09", "nothing")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, `version neo-2026-09 has no target "nothing"`)
	assert.Contains(t, run("selectors", "show", "neo4").stderr, "versions are classic-2026-09, neo-2026-09")

	out = run("selectors", "diff", "neo-2026-09", "neo3-2026-09")
	assert.Contains(t, out.stdout, "organisation.current\n-  1. css=#org-menu  (guessed)\n+")
	assert.Contains(t, out.stderr, "differ in ")
	assert.Empty(t, run("selectors", "diff", "neo-2026-09", "neo-2026-09").stdout)

	out = run("flows", "validate")
	assert.Equal(t, 0, out.code, out.stderr)
	assert.Contains(t, out.stdout, "4 versions and 26 flows are right; 0 warnings")
	assert.Contains(t, run("flows", "list").stdout, "rename")
	assert.Contains(t, run("flows", "explain", "deactivate", "--layout", "neo3").stdout, "COMMIT: press confirm.yes")
	assert.Contains(t, run("flows", "explain", "sign-in", "--mermaid").stdout, "flowchart TD")
	assert.Contains(t, run("flows", "explain", "deactivate").stderr, "choose one with --layout classic, neo, neo3")
	assert.Contains(t, run("flows", "explain", "dance").stderr, `there is no flow "dance"`)
}

// TestANewVersionBeginsAsACopy writes one into the overlay folder, and lets it be corrected there.
func TestANewVersionBeginsAsACopy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := filepath.Join(dir, "own")
	require.NoError(t, os.Mkdir(own, 0o700))
	file := filepath.Join(dir, "config.yaml")
	require.NoError(t, os.WriteFile(file, []byte("overlay: "+own+"\n"), 0o600))
	run := func(args ...string) output { return command(t, append([]string{"--config", file}, args...)...) }

	id := "neo3-" + today[:7]
	out := run("selectors", "new", "--from", "neo3-2026-09")
	require.Equal(t, 0, out.code, out.stderr)
	assert.Contains(t, out.stdout, id)
	text, err := os.ReadFile(filepath.Join(own, "selectors", "bill", id+".yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "source: Begun as a copy of neo3-2026-09.")
	assert.Contains(t, string(text), "date: \""+today+"\"")
	out = run("selectors", "diff", "neo3-2026-09", id)
	assert.Empty(t, out.stdout, "but for date and source it is the same")
	assert.Equal(t, 0, out.code, out.stderr)
	out = run("selectors", "new", "--from", "neo3-2026-09")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "nothing is overwritten")

	assert.Equal(t, 1, command(t, "selectors", "new", "--from", "neo3-2026-09", "--config", os.DevNull).code, "there is no overlay folder")
	require.NoError(t, os.WriteFile(filepath.Join(own, "selectors", "bill", "bad-2026-01.yaml"), []byte("app: bill\n"), 0o600))
	out = run("selectors", "validate")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "bad-2026-01.yaml:1:1")
}
