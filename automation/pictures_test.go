package automation_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// save keeps a picture for a person to look at, in the folder that TEST_PICTURES names.
func save(t *testing.T, name string, picture []byte) {
	t.Helper()
	if dir := os.Getenv("TEST_PICTURES"); dir != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600))
	}
}
