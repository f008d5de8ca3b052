package automation

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheBundleIsBuiltFromItsSources builds it anew: what is committed, and so what the program holds, is what the
// modules and the lockfile give.
func TestTheBundleIsBuiltFromItsSources(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("js/node_modules")
	}
	if err != nil {
		t.Skip("it builds with Node.js: npm ci --prefix automation/js --ignore-scripts")
	}
	built := t.TempDir()
	out, err := exec.CommandContext(t.Context(), node, "js/build.mjs", built).CombinedOutput()
	require.NoError(t, err, string(out))
	files := func(folder string) map[string]string {
		texts := map[string]string{}
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, e := range entries {
			data, err := os.ReadFile(filepath.Join(folder, e.Name()))
			require.NoError(t, err)
			texts[e.Name()] = string(data)
		}
		return texts
	}
	committed, now := files("js/dist"), files(built)
	require.Len(t, now, 4)
	require.Len(t, committed, len(now))
	for name, text := range now {
		assert.True(t, committed[name] == text, "%s is not what its sources give: npm run --prefix automation/js build", name)
	}
}

func TestTheBundleFitsItsChecksum(t *testing.T) {
	t.Parallel()
	said, err := os.ReadFile("js/dist/agent.sha256")
	require.NoError(t, err)
	sum := func(text string) string {
		of := sha256.Sum256([]byte(text))
		return hex.EncodeToString(of[:])
	}
	assert.Equal(t, sum(ReadableScript)+"  agent.js\n"+sum(bundle)+"  agent.min.js\n", string(said))
}

// TestTheBundleIsOfOneByteACharacter keeps the browser from needing two.
func TestTheBundleIsOfOneByteACharacter(t *testing.T) {
	t.Parallel()
	assert.Equal(t, -1, strings.IndexFunc(bundle, func(r rune) bool { return r > unicode.MaxASCII }))
}

func TestEachPageHasAGuardWordOfItsOwn(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 1, strings.Count(bundle, "BILLAGENT_GUARD_WORD"))
	assert.Equal(t, 1, strings.Count(agentScript("one of its own"), "one of its own"))
	assert.NotContains(t, agentScript("one of its own"), "BILLAGENT_GUARD_WORD")
}
