package flows_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFlowsAreSharedWithoutWhatIsSomebodys shares flows of which the words may not be told, in places where they can be
// left out and in one where they cannot.
func TestFlowsAreSharedWithoutWhatIsSomebodys(t *testing.T) {
	t.Parallel()
	const file = "deactivate-neo3.yaml"
	shipped, err := os.ReadFile(filepath.Join("bill", file))
	require.NoError(t, err)
	why := func(text string) string {
		return map[bool]string{true: "it names a person"}[strings.Contains(text, "Ann")]
	}
	shared := func(edit func(string) string) []flows.SharedFile {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "flows/bill"), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "flows/bill", file), []byte(edit(string(shipped))), 0o600))
		lib, err := flows.Load("bill", dir)
		require.NoError(t, err)
		out, err := lib.Share("neo3", func(f flows.Source) bool { return f.Name == file }, why)
		require.NoError(t, err)
		require.Len(t, out, 1)
		assert.Equal(t, "flows/bill/"+file, out[0].Name)
		return out
	}
	got := shared(func(s string) string {
		at := strings.Index(s, "\nabout: ") + 1
		return s[:at] + "about: As Ann does it. # by Ann\n# of Ann\n" + s[at+strings.Index(s[at:], "\n")+1:]
	})[0]
	assert.NotContains(t, string(got.Text), "Ann")
	assert.Contains(t, string(got.Text), "about: What it does was stripped.\n")
	assert.Equal(t, []string{file + ", about: it names a person", file + ": comments"}, got.Stripped)
	assert.Empty(t, got.Lacking)

	got = shared(func(s string) string {
		return s + "  - when: { target: user.email, equals: Ann, then: [{ await: [users.table] }] }\n"
	})[0]
	assert.Len(t, got.Lacking, 1)
	assert.Contains(t, got.Lacking[0], "when.equals", "it cannot be left out, and says where it is")
	assert.NotContains(t, strings.Join(got.Lacking, ""), "Ann")
}
