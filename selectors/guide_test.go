package selectors

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheExampleOfTheGuideIsAVersion loads what README.md has as a version: its head, and a list with most of what a
// table can have.
func TestTheExampleOfTheGuideIsAVersion(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("README.md")
	require.NoError(t, err)
	var file string
	for i, block := range strings.Split(string(guide), "```") {
		yaml, is := strings.CutPrefix(block, "yaml\n")
		if i%2 == 1 && is && (strings.HasPrefix(yaml, "app: ") || strings.HasPrefix(yaml, "  users.table:")) {
			file += yaml
		}
	}
	for _, target := range []string{"user.profile", "users.frame"} { // what the example's targets lie in
		file += "  " + target + ": { candidates: [{ css: main, provenance: guessed }] }\n"
	}
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "selectors/nordlicht"), 0o700))
	file = strings.Replace(file, "app: bill", "app: nordlicht", 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "selectors/nordlicht/neo3-2026-11.yaml"), []byte(file), 0o600))
	all, err := Load("nordlicht", dir)
	require.NoError(t, err, file)
	require.Len(t, all, 1)
	assert.Contains(t, all[0].Targets, "users.count")
	assert.Equal(t, "data.paging.total", all[0].Targets["users.table"].Table.Witness.Total)
}
