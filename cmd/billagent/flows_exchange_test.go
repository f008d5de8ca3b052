package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorded writes a recording of steps, and a configuration whose overlay folder is empty.
func recorded(t *testing.T, steps ...string) (file, conf, overlay string) {
	t.Helper()
	dir := t.TempDir()
	overlay = filepath.Join(dir, "overlay")
	require.NoError(t, os.Mkdir(overlay, 0o700))
	file, conf = filepath.Join(dir, "recording.json"), filepath.Join(dir, "config.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`{"title":"Look at Ann","steps":[`+strings.Join(steps, ",")+`]}`), 0o600))
	require.NoError(t, os.WriteFile(conf, []byte("overlay: "+overlay+"\n"), 0o600))
	return file, conf, overlay
}

const (
	opensList  = `{"type":"navigate","url":"https://app.bill.com/neo3/settings/roles-and-permissions/users"}`
	otherPress = `{"type":"click","button":"secondary","selectors":["#x"],"offsetX":1,"offsetY":1}`
	searches   = `{"type":"change","value":"ann@acme.example","selectors":["aria/Search users"]}`
	typesWord  = `{"type":"change","value":"hunter2","selectors":["#password"]}`
)

func TestAFlowIsImportedIntoTheOverlay(t *testing.T) {
	t.Parallel()
	file, conf, overlay := recorded(t, opensList, otherPress, searches)
	ask := []string{"--config", conf, "flows", "import", file, "--layout", "neo3", "--input", "email=ann@acme.example"}
	printed := command(t, append(ask, "-o", "json")...)
	require.Zero(t, printed.code, printed.stderr)
	got := decode[imported](t, printed.stdout)
	assert.False(t, got.Draft)
	assert.False(t, got.Written)
	assert.Equal(t, "look-at-ann", got.Flow)
	assert.Equal(t, []string{"look_at_ann.search_users"}, got.Targets)
	require.Len(t, got.LeftOut, 1)
	assert.Equal(t, 2, got.LeftOut[0].Step)
	require.Len(t, got.Files, 2)
	none, err := os.ReadDir(overlay)
	require.NoError(t, err)
	assert.Empty(t, none, "nothing is written unless asked for")

	text := command(t, append(ask, "--to", "overlay")...)
	require.Zero(t, text.code, text.stderr)
	assert.Contains(t, text.stdout, "step 2 (click): no verb presses the button secondary of the mouse")
	valid := command(t, "--config", conf, "flows", "validate")
	require.Zero(t, valid.code, valid.stderr)
	assert.Contains(t, valid.stdout, "0 warnings")
	assert.Equal(t, 1, command(t, append(ask, "--to", "overlay")...).code, "nothing is overwritten")
}

func TestADraftIsNotWrittenIntoTheOverlay(t *testing.T) {
	t.Parallel()
	file, conf, overlay := recorded(t, opensList, typesWord)
	got := command(t, "--config", conf, "flows", "import", file, "--layout", "neo3", "--flow", "set-role", "--to", "overlay")
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.stdout, "set-role changes something, and this flow does not say changes: true")
	assert.NotContains(t, got.stdout+got.stderr, "hunter2")
	assert.Zero(t, command(t, "--config", conf, "flows", "validate").code, "the overlay folder is as it was")
	other := filepath.Join(filepath.Dir(overlay), "draft")
	got = command(t, "--config", conf, "flows", "import", file, "--layout", "neo3", "--flow", "set-role", "--to", other)
	require.Zero(t, got.code, got.stderr)
	assert.Contains(t, got.stdout, "This is a draft")
	assert.FileExists(t, filepath.Join(other, "flows", "bill", "set-role-neo3.yaml"))
	for _, wrong := range [][]string{{"--layout", "Neo"}, {}, {"--layout", "neo3", "--flow", "Set Role"}, {"--layout", "neo3", "--commit", "2"}, {"--layout", "neo3", "--input", "x"}} {
		assert.Equal(t, 1, command(t, append([]string{"--config", conf, "flows", "import", file}, wrong...)...).code, wrong)
	}
}

func TestAFlowIsExported(t *testing.T) {
	t.Parallel()
	_, conf, _ := recorded(t, opensList)
	test := command(t, "--config", conf, "flows", "export", "set-role", "--layout", "neo3", "--format", "playwright")
	require.Zero(t, test.code, test.stderr)
	assert.Contains(t, test.stdout, "import { test, expect as wait } from '@playwright/test';")
	assert.Contains(t, test.stderr, "not expressed, or not wholly: step")
	recording := command(t, "--config", conf, "flows", "export", "set-role", "--layout", "neo3", "--format", "chrome-recorder", "--input", "home=https://app.bill.com/")
	require.Zero(t, recording.code, recording.stderr)
	assert.Contains(t, recording.stdout, `"title": "set-role (neo3)"`)
	for _, wrong := range [][]string{{"--layout", "neo3"}, {"--format", "playwright"}, {"--layout", "neo3", "--format", "chrome-recorder"}, {"--layout", "neo9", "--format", "playwright"}} {
		assert.Equal(t, 1, command(t, append([]string{"--config", conf, "flows", "export", "set-role"}, wrong...)...).code, wrong)
	}
}

// TestAnImportedFlowChangesNothing runs a flow that has a press which stores something and no commit: it is
// stopped. One that looks only is run to its end.
func TestAnImportedFlowChangesNothing(t *testing.T) {
	t.Parallel()
	con, conf := tenantOf(t, console.Options{Layout: "neo3", Users: 4})
	overlay := t.TempDir()
	data, err := os.ReadFile(conf)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(conf, append([]byte("overlay: "+overlay+"\n"), data...), 0o600))
	ann, ok := con.UserByEmail("ann@acme.example")
	require.True(t, ok)
	page := `{"type":"navigate","url":"http://app02.localhost/neo3/settings/roles-and-permissions/users/` + ann.ID + `/profile"}`
	wait := `{"type":"waitForElement","selectors":["[data-testid=\"profile-email\"]"]}`
	press := func(id string) string {
		return `{"type":"click","selectors":["[data-testid=\"` + id + `\"]"],"offsetX":1,"offsetY":1}`
	}
	for name, steps := range map[string][]string{
		"look":  {page, wait, press("profile-edit")},
		"store": {page, wait, press("profile-deactivate"), press("confirm-yes"), `{"type":"waitForElement","timeout":3000,"selectors":["[data-testid=\"toast-done\"]"]}`},
	} {
		file, _, _ := recorded(t, steps...)
		got := command(t, "--config", conf, "flows", "import", file, "--layout", "neo3", "--flow", name, "--to", "overlay")
		require.Zero(t, got.code, got.stdout+got.stderr)
		ran := command(t, "--config", conf, "flows", "run", name)
		if name == "look" {
			assert.Zero(t, ran.code, ran.stderr)
			continue
		}
		assert.Equal(t, 2, ran.code, ran.stderr)
		assert.Contains(t, ran.stderr, "would have changed something, and was kept from it: POST")
	}
	assert.Empty(t, con.Changes())
}
