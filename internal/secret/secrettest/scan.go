// Package secrettest looks for secrets where tests have left files.
package secrettest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Scan fails the test for each of the secrets (by what they are) that stands in a file below a folder, except in those
// whose name ends with one of holders: they are there to hold it.
func Scan(t testing.TB, dir string, secrets map[string]string, holders ...string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		for _, h := range holders {
			if strings.HasSuffix(path, h) {
				return nil
			}
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for name, secret := range secrets {
			assert.False(t, bytes.Contains(data, []byte(secret)), "%s is in %s", name, path)
		}
		return nil
	}))
}
