// Package secrettest looks for secrets where tests have left files.
package secrettest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Scan fails the test for each of the secrets (by what they are) that stands in a file below a folder, except in those
// whose name ends with one of holders: they are there to hold it.
func Scan(t testing.TB, dir string, secrets map[string]string, holders ...string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path != dir { // a browser that runs removes files meanwhile
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		for _, h := range holders {
			if strings.HasSuffix(path, h) {
				return nil
			}
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		for name, secret := range secrets {
			assert.False(t, holds(data, secret), "%s is in %s", name, path)
		}
		return nil
	}))
}

// wide is a text in UTF-16, as browsers keep what scripts store.
func wide(text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

// holds says whether a secret stands in data, also in UTF-16. Six digits are a code only where no letter or digit goes before or after
// them: the hashes and times of a log hold any six digits sooner or later.
func holds(data []byte, secret string) bool {
	if strings.Trim(secret, "0123456789") != "" {
		return bytes.Contains(data, []byte(secret)) || bytes.Contains(data, wide(secret))
	}
	return secret != "" && regexp.MustCompile(`(^|[^0-9A-Za-z.])`+secret+`($|[^0-9A-Za-z])`).Match(data)
}
