package browserpath_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/internal/browserpath"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAFlowAsksForWhatItsActionGives loads the shipped flows with one mistake each.
func TestAFlowAsksForWhatItsActionGives(t *testing.T) {
	t.Parallel()
	_, err := browserpath.LoadLibrary("bill", "")
	require.NoError(t, err)
	for says, c := range map[string]struct{ from, to string }{
		"deactivate gives a flow no role":   {"inputs: [home, email]", "inputs: [home, email, role]"},
		"whom an action concerns is its e-": {"subject: email\ninputs: [home, email]", "subject: home\ninputs: [home, email]"},
	} {
		overlay := t.TempDir()
		const file = "flows/bill/deactivate-neo.yaml"
		data, err := os.ReadFile(filepath.Join("..", "..", file))
		require.NoError(t, err)
		require.Contains(t, string(data), c.from)
		text := strings.Replace(string(data), c.from, c.to, 1)
		if strings.Contains(c.to, "subject: home") {
			text = strings.ReplaceAll(strings.ReplaceAll(text, "${email}", "${home}"), "  - part: person\n", "  - open: \"${home}\"\n")
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(overlay, file)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(overlay, file), []byte(text), 0o600))
		_, err = browserpath.LoadLibrary("bill", overlay)
		require.Error(t, err)
		assert.Contains(t, err.Error(), says)
		assert.Regexp(t, `deactivate-neo\.yaml:\d+:\d+: `, err.Error())
	}
}

// TestAnOverlayThatDoesNothingIsNamed has files that are not read, and flows that nobody performs.
func TestAnOverlayThatDoesNothingIsNamed(t *testing.T) {
	t.Parallel()
	const roles = "flow: list-roles\nabout: the roles on offer\nlayouts: [neo]\noutputs: { roles: texts }\ntimeout: 1m\nsteps:\n" +
		"  - open: /neo/settings/users/new\n  - await: [invite.role]\n  - texts: { target: invite.role_options, as: roles }\n"
	shipped, err := os.ReadFile(filepath.Join("..", "..", "flows", "bill", "invite-neo.yaml"))
	require.NoError(t, err)
	for says, c := range map[string]struct{ file, from, to string }{
		"invite-neo.yml is not read":                {"flows/bill/invite-neo.yml", "", ""},
		"flow/invite-neo.yaml is not read":          {"flow/invite-neo.yaml", "", ""},
		"nothing performs a flow of this name":      {"flows/bill/invite-neo.yaml", "flow: invite", "flow: invit"},
		"performed by more than its name":           {"flows/bill/list-roles-neo.yaml", "layouts: [neo]", "layouts: [neo]\nstandalone: true"},
		"it is not standalone":                      {"flows/bill/invite-neo.yaml", "changes: true", "changes: true\nstandalone: true"},
		"parts are of a layout":                     {"flows/bill/invite-neo.yaml", "layouts: [neo]", "layouts: [neoo]"},
		"no selector version has the layout neoo":   {"flows/bill/list-roles-neo.yaml", "layouts: [neo]", "layouts: [neoo]"},
		"the flow list-roles for layout neo, which": {"flows/bill/list-roles-neo.yaml", "layouts: [neo]", "layouts: [neoo]"},
	} {
		overlay := t.TempDir()
		to := filepath.Join(overlay, c.file)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
		text := string(shipped)
		if strings.Contains(c.file, "list-roles") {
			text = roles
		}
		require.NoError(t, os.WriteFile(to, []byte(strings.Replace(text, c.from, c.to, 1)), 0o600))
		_, err := browserpath.LoadLibrary("bill", overlay)
		require.ErrorContains(t, err, says)
	}
	overlay := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(overlay, "flows", "bill"), 0o700))
	own := strings.NewReplacer("flow: list-roles", "flow: look", "layouts: [neo]", "layouts: [neo]\nstandalone: true").Replace(roles)
	require.NoError(t, os.WriteFile(filepath.Join(overlay, "flows", "bill", "look-neo.yaml"), []byte(own), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(overlay, "README.md"), nil, 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(overlay, ".git", "x"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(overlay, ".git", "x", "y"), nil, 0o600))
	_, err = browserpath.LoadLibrary("bill", overlay)
	require.NoError(t, err)
}
