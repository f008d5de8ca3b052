package flows_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsShippedIsRight(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	for _, v := range lib.Versions {
		assert.NotEmpty(t, v.Names(), v.ID)
	}
	for _, layout := range []string{"classic", "neo", "neo3"} {
		for _, name := range []string{"identify", "list-users", "list-roles", "invite", "deactivate", "reactivate", "set-role"} {
			_, ok := lib.Flow(name, layout)
			assert.True(t, ok, "%s for %s", name, layout)
		}
	}
}

// TestMistakesAreNamedByPlace loads the shipped files with one mistake each, as an overlay would bring it.
func TestMistakesAreNamedByPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, from, to, says string }{
		{"unknown key", "selectors/bill/neo-2026-09.yaml", "    candidates: [{ role: button, name: Settings menu, provenance: guessed }]", "    candidatez: []\n    candidates: [{ role: button, name: Settings menu, provenance: guessed }]", `neo-2026-09.yaml:13:5: unknown key "candidatez"`},
		{"duplicate target", "selectors/bill/neo-2026-09.yaml", "  nav.users:", "  nav.settings_menu:\n    candidates: [{ text: x, provenance: guessed }]\n  nav.users:", `"nav.settings_menu" is already given in line 12`},
		{"bad CSS", "selectors/bill/neo-2026-09.yaml", "#users-count", "#users-count[", "bad CSS"},
		{"bad XPath", "selectors/bill/sign-in-2026-09.yaml", "//*[@id='signin-error'][contains(., 'oo many')]", "//*[", "bad XPath"},
		{"no provenance", "selectors/bill/neo-2026-09.yaml", `{ css: "#users-count", provenance: guessed }`, `{ css: "#users-count" }`, "provenance"},
		{"two kinds in one candidate", "selectors/bill/neo-2026-09.yaml", `{ css: "#users-count", provenance: guessed }`, `{ css: "#users-count", text: x, provenance: guessed }`, "exactly one kind"},
		{"within nothing", "selectors/bill/neo-2026-09.yaml", "    within: nav.bar", "    within: nav.nowhere", `no target "nav.nowhere"`},
		{"within itself", "selectors/bill/neo-2026-09.yaml", "  nav.bar:\n", "  nav.bar:\n    within: nav.settings\n", "within each other"},
		{"target that is missing", "selectors/bill/neo-2026-09.yaml", "  users.count:\n    candidates: [{ css: \"#users-count\", provenance: guessed }]\n", "", `has no target "users.count"`},
		{"pattern of a key", "selectors/bill/neo-2026-09.yaml", "email: { header: Email }",
			"email: { header: Email, pattern: '<(?P<email>.+)>' }", "the key of a row is read as it stands"},
		{"key that is no column", "selectors/bill/neo-2026-09.yaml", "key: email", "key: mail", `"mail" is not one of the columns`},
		{"alias", "selectors/bill/neo-2026-09.yaml", "key: email", "key: &a email", "anchors"},
		{"tab", "selectors/bill/neo-2026-09.yaml", "targets:\n", "targets:\n\tx: y\n", "neo-2026-09.yaml:12:"},
		{"two commits", "flows/bill/deactivate-neo.yaml", "  - part: outcome", "  - commit: { target: user.deactivate, for: { target: user.email, equals: \"${email}\" } }\n  - part: outcome", "exactly one commit step, this one has 2"},
		{"no commit", "flows/bill/deactivate-neo.yaml", "  - commit: {", "  - click: {", "exactly one commit step, this one has 0"},
		{"a commit pressed twice", "flows/bill/deactivate-neo.yaml", "commit: { target: user.deactivate, for:", "commit: { target: user.deactivate, double: true, for:", "a commit is pressed once"},
		{"commit without identity", "flows/bill/deactivate-neo.yaml", "commit: { target: user.deactivate, for: { target: user.email, equals: \"${email}\" } }", "commit: { target: user.deactivate }", "says whom it concerns"},
		{"commit bound to a label", "flows/bill/deactivate-neo.yaml",
			"commit: { target: user.deactivate, for: { target: user.email, equals: \"${email}\" } }",
			"commit: { target: user.deactivate, for: { target: nav.settings_menu, equals: Settings menu } }",
			"for holds a target against the subject: equals is ${email}, or names is"},
		{"click in somebody else's row", "flows/bill/parts-neo.yaml", "row: { table: users.table, key: \"${email}\" }", "row: { table: users.table, key: ann@x.com }", "the row is that of the subject"},
		{"click in any row", "flows/bill/parts-neo.yaml", "click: { target: users.row_open, row: { table: users.table, key: \"${email}\" } }", "click: { target: users.row_open }", "stands in the rows of a table: say by row whose"},
		{"click on what is within a table", "selectors/bill/neo-2026-09.yaml", "    within: nav.permissions", "    within: users.table", "nav.users stands in the rows of a table: say by row whose"},
		{"somebody else is looked for", "flows/bill/parts-neo.yaml", "find: { table: users.table, key: \"${email}\"", "find: { table: users.table, key: ann@x.com", "whom a changing flow looks for is its subject"},
		{"somebody else is visited", "flows/bill/parts-neo.yaml", "shows: { target: user.email, equals: \"${email}\" }", "shows: { target: user.email, equals: ann@x.com }", "whose page a changing flow visits is its subject's"},
		{"frame of a list without an address", "flows/bill/list-users-classic.yaml", "      address: true\n", "", "the frame of a list goes with address"},
		{"no subject", "flows/bill/deactivate-neo.yaml", "subject: email\n", "", "as in subject: email"},
		{"subject that is no input", "flows/bill/deactivate-neo.yaml", "subject: email", "subject: role", "the subject role is not an input"},
		{"subject of a flow that changes nothing", "flows/bill/list-roles-neo.yaml", "outputs: { roles: texts }", "outputs: { roles: texts }\nsubject: email", "only a flow that changes something has a subject"},
		{"part that is not there", "flows/bill/deactivate-neo.yaml", "part: outcome", "part: outcomes", "layout neo has no part \"outcomes\""},
		{"part in itself", "flows/bill/parts-neo.yaml", "        otherwise:\n          - part: list", "        otherwise:\n          - part: person", "stands in itself"},
		{"part of no layout", "flows/bill/deactivate-neo.yaml", "layouts: [neo]\n", "", "this flow is not of exactly one layout"},
		{"commit in a part", "flows/bill/parts-neo.yaml", "  outcome:\n", "  outcome:\n    - commit: { target: user.deactivate, for: { target: user.email, equals: \"${email}\" } }\n", "the commit stands in the main line"},
		{"commit in a branch", "flows/bill/deactivate-neo.yaml", "  - commit: { target: user.deactivate, for: { target: user.email, equals: \"${email}\" } }", "  - when: { target: user.email, then: [{ commit: { target: user.deactivate, for: { target: user.email, equals: \"${email}\" } } }] }", "main line"},
		{"click after the commit", "flows/bill/deactivate-neo.yaml", "  - part: outcome", "  - click: { target: user.edit }", "nothing is acted on after a commit"},
		{"commit in a flow that changes nothing", "flows/bill/deactivate-neo.yaml", "changes: true\n", "", "says changes: true"},
		{"others of a click", "flows/bill/parts-neo.yaml", "    - click: { target: nav.users }", "    - click: { target: nav.users, others: none in particular }", "others goes with commit"},
		{"others without a reason", "flows/bill/deactivate-neo.yaml", "commit: { target: user.deactivate,", "commit: { target: user.deactivate, others: \"\",", "others"},
		{"a dialog that must say what is no input", "flows/bill/deactivate-classic.yaml", "dialog: accept", "dialog: { accept: true, says: \"${role}\" }", "${role} is not an input"},
		{"a dialog that is not agreed to", "flows/bill/deactivate-classic.yaml", "dialog: accept", "dialog: { says: \"${email}\" }", "deactivate-classic.yaml"},
		{"input that is not there", "flows/bill/deactivate-neo.yaml", "inputs: [home, email]", "inputs: [home]", "${email} is not an input"},
		{"unknown verb", "flows/bill/parts-neo.yaml", "    - expect: {", "    - hope: {", `unknown key "hope"`},
		{"two verbs", "flows/bill/parts-neo.yaml", "    - notice: result.fix_records", "    - { notice: result.fix_records, result: requested }", "exactly one verb"},
		{"selector in a flow", "flows/bill/deactivate-neo.yaml", "target: user.deactivate,", "target: \"#delete\",", "deactivate-neo.yaml"},
		{"output nobody makes", "flows/bill/list-roles-neo.yaml", "outputs: { roles: texts }", "outputs: { roles: texts, more: read }", "no step makes the output more"},
		{"output of another type", "flows/bill/list-roles-neo.yaml", "outputs: { roles: texts }", "outputs: { roles: rows }", "the output roles is rows, and this step makes texts"},
		{"word with two meanings", "flows/bill/app.yaml", "inactive: [\"No\", Inactive, inactive]", "inactive: [\"No\", \"Yes\"]", `"Yes" means both`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			overlay := t.TempDir()
			data, err := os.ReadFile(filepath.Join("..", c.file))
			require.NoError(t, err)
			require.Contains(t, string(data), c.from, "the mistake must be made")
			to := filepath.Join(overlay, c.file)
			require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
			require.NoError(t, os.WriteFile(to, []byte(strings.Replace(string(data), c.from, c.to, 1)), 0o600))
			_, err = flows.Load("bill", overlay)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.says)
			assert.Regexp(t, `\.yaml:\d+:\d+: `, err.Error())
		})
	}
}

func TestAnAppThatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, app := range []string{"nothing", "../bill", "", ".git"} {
		_, err := flows.Load(app, "")
		require.Error(t, err, app)
	}
	_, err := flows.Load("bill", "/nowhere")
	require.ErrorContains(t, err, "/nowhere")
}

func FuzzLoadFlow(f *testing.F) {
	files, err := filepath.Glob("bill/*.yaml")
	require.NoError(f, err)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		overlay := t.TempDir()
		dir := filepath.Join(overlay, "flows", "bill")
		require.NoError(t, os.MkdirAll(dir, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "fuzz.yaml"), []byte(text), 0o600))
		_, _ = flows.Load("bill", overlay) // must not panic
	})
}

// TestAnAppThatWatchesForNothingIsWarnedOf takes out of the app's file what tells of a session that has ended.
func TestAnAppThatWatchesForNothingIsWarnedOf(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("bill/app.yaml")
	require.NoError(t, err)
	overlay := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(overlay, "flows/bill"), 0o700))
	text := strings.ReplaceAll(string(data), "kind: signed-out", "kind: blocked")
	require.NoError(t, os.WriteFile(filepath.Join(overlay, "flows/bill/app.yaml"), []byte(text), 0o600))
	lib, err := flows.Load("bill", overlay)
	require.NoError(t, err)
	assert.Contains(t, strings.Join(lib.Warnings, "\n"), "session that has ended")
}

func TestAWholePageIsWarnedOf(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	assert.Empty(t, lib.Warnings, "what is shipped says within what its targets are")

	overlay := t.TempDir()
	to := filepath.Join(overlay, "selectors/bill/neo-2026-09.yaml")
	data, err := os.ReadFile("../selectors/bill/neo-2026-09.yaml")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
	wide := strings.ReplaceAll(string(data), "    within: user.page\n", "")
	wide = strings.Replace(wide, "  user.page:\n    candidates: [{ css: main, provenance: guessed }]\n", "", 1)
	require.NoError(t, os.WriteFile(to, []byte(wide), 0o600))
	lib, err = flows.Load("bill", overlay)
	require.NoError(t, err)
	require.Len(t, lib.Warnings, 2)
	assert.Regexp(t, `deactivate-neo\.yaml:\d+:\d+: user\.deactivate and user\.email are looked for on the whole page in version .*neo-2026-09`, lib.Warnings[0])

	// What says whom the page is about may lie within something: what is pressed is found anywhere.
	wide = strings.Replace(string(data), "  user.deactivate:\n    within: user.page\n", "  user.deactivate:\n", 1)
	require.NotEqual(t, string(data), wide)
	require.NoError(t, os.WriteFile(to, []byte(wide), 0o600))
	lib, err = flows.Load("bill", overlay)
	require.NoError(t, err)
	assert.Len(t, lib.Warnings, 1)
}

func TestWhatACommitSendsIsWarnedOf(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("bill/deactivate-neo.yaml")
	require.NoError(t, err)
	sends := regexp.MustCompile(`(?m)^sends: .*\n`)
	for with, warned := range map[string]string{
		"": "does not say what its commit sends",
		"sends: { method: POST, path: /off, body: { csrf: \"*\" }, provenance: guessed }\n": "neither ${id} nor ${email}",
	} {
		overlay := t.TempDir()
		to := filepath.Join(overlay, "flows/bill/deactivate-neo.yaml")
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
		require.NoError(t, os.WriteFile(to, sends.ReplaceAll(data, []byte(with)), 0o600))
		lib, err := flows.Load("bill", overlay)
		require.NoError(t, err)
		require.Len(t, lib.Warnings, 1)
		assert.Contains(t, lib.Warnings[0], warned)
	}
}

// TestVersionsThatNoPageTellsApartAreWarnedOf adds a version that the pages of another match.
func TestVersionsThatNoPageTellsApartAreWarnedOf(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../selectors/bill/neo-2026-09.yaml")
	require.NoError(t, err)
	for change, says := range map[string]string{"date: 2026-11-26": "the newer, neo-copy, counts", "date: 2026-09-15": "neither is used"} {
		overlay := t.TempDir()
		to := filepath.Join(overlay, "selectors/bill/neo-copy.yaml")
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
		require.NoError(t, os.WriteFile(to, regexp.MustCompile(`(?m)^date: .*$`).ReplaceAll(data, []byte(change)), 0o600))
		lib, err := flows.Load("bill", overlay)
		require.NoError(t, err)
		assert.Contains(t, strings.Join(lib.Warnings, "\n"), says)
	}
}

func TestATargetThatNoFlowUsesIsWarnedOf(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../selectors/bill/neo-2026-09.yaml")
	require.NoError(t, err)
	overlay := t.TempDir()
	to := filepath.Join(overlay, "selectors/bill/neo-2026-09.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
	spare := "targets:\n  spare.part:\n    candidates: [{ text: x, provenance: guessed }]\n"
	require.NoError(t, os.WriteFile(to, []byte(strings.Replace(string(data), "targets:\n", spare, 1)), 0o600))
	lib, err := flows.Load("bill", overlay)
	require.NoError(t, err)
	require.Len(t, lib.Warnings, 1)
	assert.Contains(t, lib.Warnings[0], `neo-2026-09.yaml:13:5: no flow uses the target "spare.part"`)
}
