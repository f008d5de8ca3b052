package automation

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheInjectedScriptParses checks the files as they are put together: two of them may not declare the same name.
func TestTheInjectedScriptParses(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	require.NoError(t, err, "Node.js is needed, as for the SCIM service that is not ours")
	file := filepath.Join(t.TempDir(), "agent.js")
	require.NoError(t, os.WriteFile(file, []byte(agentScript("word")), 0o600))
	out, err := exec.CommandContext(t.Context(), node, "--check", file).CombinedOutput()
	require.NoError(t, err, string(out))
}

// TestNoNameIsDeclaredTwice looks at what a parser lets pass: the later of two functions of one name takes the place of the
// earlier without a word.
func TestNoNameIsDeclaredTwice(t *testing.T) {
	t.Parallel()
	declaration := regexp.MustCompile(`(?m)^(?:async )?(?:function|const|let|class) +([\w$]+)`)
	seen := map[string]bool{}
	for _, m := range declaration.FindAllStringSubmatch(agentScript("word"), -1) {
		require.False(t, seen[m[1]], "%s is declared twice", m[1])
		seen[m[1]] = true
	}
	require.Greater(t, len(seen), 50)
}
