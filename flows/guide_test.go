package flows

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheExampleOfTheGuideIsAnApp reads what README.md has as app.yaml.
func TestTheExampleOfTheGuideIsAnApp(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("README.md")
	require.NoError(t, err)
	var file string
	for i, block := range strings.Split(string(guide), "```") {
		yaml, is := strings.CutPrefix(block, "yaml\n")
		yaml = strings.ReplaceAll("\n"+strings.TrimRight(yaml, " "), "\n   ", "\n")[1:] // it stands in a list
		if i%2 == 1 && is && (strings.HasPrefix(yaml, "app: ") || strings.HasPrefix(yaml, "choices: ")) {
			file += yaml
		}
	}
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "flows/nordlicht"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "flows/nordlicht/app.yaml"), []byte(file), 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "selectors/nordlicht"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "selectors/nordlicht/sign-in-2026-11.yaml"), []byte(`{ app: nordlicht, layout: sign-in, date: 2026-11-26, covers: sign-in,
  source: What the app watches for., fingerprints: [{ any: [{ css: form, provenance: guessed }] }],
  targets: { signin.password: { candidates: [{ css: "#password", provenance: guessed }] } } }`), 0o600))
	lib, err := Load("nordlicht", dir)
	require.NoError(t, err, file)
	assert.Equal(t, []string{"auth.token"}, lib.App.Storage)
	assert.Equal(t, "POST", lib.App.Reads[0].Method)
}
