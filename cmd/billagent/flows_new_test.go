package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheFilesOfAnotherConsoleBeginAsACopy holds that the copy is valid as it is, for every layout, and that
// nothing is overwritten.
func TestTheFilesOfAnotherConsoleBeginAsACopy(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"classic", "neo", "neo3"} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.Mkdir(filepath.Join(dir, "overlay"), 0o700))
			conf := filepath.Join(dir, "config.yaml")
			require.NoError(t, os.WriteFile(conf, []byte("state: "+dir+"/state\noverlay: "+dir+"/overlay\n"), 0o600))
			out := command(t, "--config", conf, "flows", "new", "nordlicht", "--from", from, "--layout", "cards")
			require.Equal(t, 0, out.code, out.stderr)
			assert.Contains(t, out.stdout, "app.yaml")
			for _, schema := range []string{"flows/schema.json", "flows/app-schema.json", "selectors/schema.json"} {
				assert.FileExists(t, filepath.Join(dir, "overlay", schema), "the files name it")
			}
			out = command(t, "--config", conf, "flows", "--app", "nordlicht", "validate")
			assert.Equal(t, 0, out.code, out.stdout+out.stderr)
			shown := command(t, "--config", conf, "flows", "--app", "nordlicht", "show", "app.yaml")
			assert.Contains(t, shown.stdout, "app: nordlicht")
			assert.Equal(t, 0, command(t, "--config", conf, "flows", "--app", "nordlicht", "explain", "deactivate", "--layout", "cards").code)
			again := command(t, "--config", conf, "flows", "new", "nordlicht", "--from", from, "--layout", "cards")
			assert.Equal(t, 1, again.code)
			assert.Contains(t, again.stderr, "nothing is overwritten")
		})
	}
	conf, overlay := bareConfig(t, "")
	for _, args := range [][]string{{"new", "bill", "--from", "neo3"}, {"new", "x", "--from", "none"}, {"new", "X Y", "--from", "neo3"}, {"new", "x"}} {
		out := command(t, append([]string{"--config", conf, "flows"}, args...)...)
		assert.Equal(t, 1, out.code, args)
	}
	left, err := os.ReadDir(overlay)
	require.NoError(t, err)
	assert.Empty(t, left)
}

// bareConfig is a configuration with an overlay folder, and more.
func bareConfig(t *testing.T, more string) (conf, overlay string) {
	t.Helper()
	dir := t.TempDir()
	overlay, conf = filepath.Join(dir, "overlay"), filepath.Join(dir, "config.yaml")
	require.NoError(t, os.Mkdir(overlay, 0o700))
	require.NoError(t, os.WriteFile(conf, []byte("state: "+dir+"/state\noverlay: "+overlay+"\n"+more), 0o600))
	return conf, overlay
}

// TestATenantMayNameItsAppBeforeTheFilesBegin has a configuration that was written first.
func TestATenantMayNameItsAppBeforeTheFilesBegin(t *testing.T) {
	t.Parallel()
	conf, overlay := bareConfig(t, `tenants:
  north: { app: nordlicht, path: browser, account: a@b.example, password: 'env:NONE', organisation: { name: North }, second_factor: { method: prompt } }
`)
	out := command(t, "--config", conf, "flows", "new", "nordlicht", "--from", "neo3", "--layout", "cards")
	require.Equal(t, 0, out.code, out.stderr)
	assert.FileExists(t, filepath.Join(overlay, "flows/nordlicht/app.yaml"))
}
