package dependencies

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// longest is how many lines a function may have, from its first word to its last brace.
const longest = 59

// TestFunctionsAreShort looks at every function of the program and of its fixtures, tests aside.
func TestFunctionsAreShort(t *testing.T) {
	t.Parallel()
	seen := 0
	require.NoError(t, filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.FuncDecl, *ast.FuncLit:
				seen++
				begin, end := files.Position(n.Pos()), files.Position(n.End())
				assert.LessOrEqual(t, end.Line-begin.Line+1, longest, "%s: split this function along a natural seam", begin)
			}
			return true
		})
		return nil
	}))
	assert.Greater(t, seen, 1000, "the functions were not found")
}
