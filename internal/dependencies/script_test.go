package dependencies

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const scriptColumns = 120

var (
	scriptAside = regexp.MustCompile(`(?s)/\*.*?\*/|(?m:(?:^|\s)//.*$)|'(?:[^'\\\n]|\\.)*'`)
	// A conditional expression in another: between their question marks nothing ends the outer one or opens a function.
	nestedTernary = regexp.MustCompile(`\s\?\s[^;,{}]*\s\?\s`)
)

// TestScriptsAreReadable holds the modules that run in the pages to short lines and to no choice within a choice.
func TestScriptsAreReadable(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"automation/js/*.js", "automation/js/*.mjs", "automation/js/*.ts", "internal/web/assets/*.js"} {
		found, err := filepath.Glob("../../" + pattern)
		require.NoError(t, err)
		files = append(files, found...)
	}
	require.Greater(t, len(files), 20)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for i, line := range strings.Split(string(data), "\n") {
			assert.LessOrEqual(t, utf8.RuneCountInString(line), scriptColumns, "%s:%d", file, i+1)
		}
		if !strings.HasSuffix(file, ".ts") {
			assert.Empty(t, nestedTernary.FindString(scriptAside.ReplaceAllString(string(data), "''")), file)
		}
	}
}

func TestANestedTernaryIsFound(t *testing.T) {
	t.Parallel()
	for code, nested := range map[string]bool{
		"a ? b : c ? d : e":                   true,
		"a\n  ? b ? c : d\n  : e":             true,
		"a ? (b ? c : d) : e":                 true,
		"a ? b : c; d ? e : f":                false,
		"`${a ? b : c}${d ? e : f}`":          false,
		"f(a ? b : c, d ? e : f)":             false,
		"a?.b ?? c ? d : e":                   false,
		"a ? ' ? ' : b // is it so ? yes":     false,
		"/** what ? is ? this */ a ? b : '?'": false,
	} {
		assert.Equal(t, nested, nestedTernary.MatchString(scriptAside.ReplaceAllString(code, "''")), code)
	}
}
