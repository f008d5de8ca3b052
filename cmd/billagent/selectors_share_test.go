package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/fixtures/helpdesk"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSharingSaysWhatItLookedForAndWroteNot shares a version that ships, and one with a target that is called by
// somebody's name.
func TestSharingSaysWhatItLookedForAndWroteNot(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	text, err := os.ReadFile("../../selectors/bill/neo3-2026-09.yaml")
	require.NoError(t, err)
	own := filepath.Join(overlay, "selectors/bill/neo3-2026-10.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(own), 0o750))
	write := func(more string) {
		dated := strings.Replace(string(text), "date: 2026-09", "date: 2026-10", 1)
		require.NoError(t, os.WriteFile(own, []byte(dated+more), 0o600))
	}
	write("  user.ann_lee:\n    candidates: [{testid: own, provenance: recorded}]\n")
	out := command(t, "--config", file, "selectors", "share", "neo3-2026-10")
	assert.Equal(t, 1, out.code, out.stdout)
	assert.Contains(t, out.stderr, "the name of user.ann_lee")

	write("  user.own:\n    candidates: [{testid: own, provenance: recorded}, {text: Anns Konto, provenance: recorded}, {text: Pat Supplier, provenance: recorded}]\n    fingerprint: {tag: a, beside: Approver}\n")
	to := filepath.Join(t.TempDir(), "shared.yaml")
	for _, args := range [][]string{{}, {"-o", "json"}} {
		out = command(t, append([]string{"--config", file, "selectors", "share", "neo3-2026-10", "--to", to}, args...)...)
		assert.Equal(t, 1, out.code, "it was to be written, and was not")
		assert.Contains(t, out.stderr, "nothing was written")
		assert.NotContains(t, out.stderr, "[y/N]")
		require.NoFileExists(t, to)
		assert.NotContains(t, out.stdout, "Konto")
		assert.NotContains(t, out.stdout, "nothing else")
		assert.Contains(t, out.stdout, "the people on the list of tenant demo")
		if len(args) == 0 {
			assert.Contains(t, out.stderr, "may be somebody's name")
			assert.Contains(t, out.stderr, "Pat Supplier")
		} else {
			assert.Equal(t, []string{"text=Pat Supplier"}, decode[shared](t, out.stdout).MayName)
		}
	}
	out = command(t, "--config", file, "-o", "json", "selectors", "share", "neo3-2026-10", "--to", to, "--yes", "--offline")
	require.Equal(t, 0, out.code, out.stderr)
	require.FileExists(t, to)
	assert.Equal(t, []string{"demo"}, decode[struct {
		Unread []string `json:"unread_tenants"`
	}](t, out.stdout).Unread)
	again := command(t, "--config", file, "-o", "json", "selectors", "share", "neo3-2026-10", "--to", to, "--yes", "--offline")
	assert.Equal(t, 1, again.code)
	assert.Empty(t, again.stdout, "it does not say that it wrote what it did not")
}

// TestWhatIsSharedServesSomebodyElse shares the version of an app of one's own. Who unpacks it as an overlay folder, and has
// written nothing, lists the people of such a console.
func TestWhatIsSharedServesSomebodyElse(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	desk := helpdesk.Start(helpdesk.Options{People: []helpdesk.Person{
		{Email: helpdesk.Agent, First: "Bo", Last: "Ssmann", Level: "Owner"}, {Email: "ann@desk.example", First: "Ann", Last: "Lee", Level: "Agent"},
	}})
	t.Cleanup(desk.Close)
	conf, overlay := filesFor(t, "helpdesk", desk.URL, helpdesk.Agent, helpdesk.Password, "Contoso")
	words := filepath.Join(overlay, "flows/helpdesk/app.yaml")
	text, err := os.ReadFile(words)
	require.NoError(t, err)
	own := strings.Replace(string(text), "title: Helpdesk\n", "title: Helpdesk of Contoso\nsign_in: "+desk.URL+"\nhosts: [127.0.0.1] # ours\n", 1)
	require.NoError(t, os.WriteFile(words, []byte(own), 0o600))
	set, err := os.ReadFile(conf) // where the console is stands in app.yaml alone
	require.NoError(t, err)
	set = []byte(strings.NewReplacer("    sign_in: "+desk.URL+"\n", "", "    hosts: [127.0.0.1]\n", "").Replace(string(set)))
	require.NotContains(t, string(set), "127.0.0.1")
	require.NoError(t, os.WriteFile(conf, set, 0o600))
	to := filepath.Join(t.TempDir(), "for-others")
	out := command(t, "--config", conf, "selectors", "share", "desk-2026-11", "--to", to, "--yes")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	for _, what := range []string{"app.yaml, title: ", "app.yaml, sign_in: ", "app.yaml, hosts.1: ", "app.yaml: comments"} {
		assert.Contains(t, out.stdout, what)
	}
	got, err := os.ReadFile(filepath.Join(to, "flows/helpdesk/app.yaml"))
	require.NoError(t, err)
	assert.NotContains(t, string(got), "Contoso")
	assert.NotContains(t, string(got), "127.0.0.1")
	assert.Contains(t, string(got), "administrator: Owner")

	another, theirs := filesFor(t, "helpdesk", desk.URL, helpdesk.Agent, helpdesk.Password, "Fabrikam")
	require.NoError(t, os.RemoveAll(theirs))
	require.NoError(t, os.CopyFS(theirs, os.DirFS(to)))
	out = command(t, "--config", another, "users", "list", "--status", "all")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	for _, p := range desk.People() {
		assert.Contains(t, out.stdout, p.Email)
	}
}
