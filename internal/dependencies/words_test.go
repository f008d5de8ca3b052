package dependencies

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// commands are what only the command line has: what stands below it is said by other faces, too.
var commands = regexp.MustCompile("(?:^|[ `:])billagent (?:users|ops|audit|login|logout|freeze|thaw|browser|config|demo|tenant|session|roles|evidence|console)\\b|[ `(]--[a-z][a-z-]+")

// TestWordsBelowTheCommandLineNameNoCommands looks at every text of the packages below cmd.
func TestWordsBelowTheCommandLineNameNoCommands(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"../../automation", "../../flows", "../../selectors", ".."} {
		require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			require.NoError(t, err)
			if d.IsDir() && (d.Name() == "matrix" || d.Name() == "chaos" || d.Name() == "browserinstall") { // programs of their own, and what runs other programs
				return filepath.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && runsAProgram(call) {
					return false
				}
				lit, ok := n.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(lit.Value)
				require.NoError(t, err)
				assert.NotRegexp(t, commands, text, "%s", files.Position(lit.Pos()))
				return true
			})
			return nil
		}))
	}
}

// runsAProgram says that a call starts a program, or is about the arguments of one.
func runsAProgram(call *ast.CallExpr) bool {
	name, ok := call.Fun.(*ast.SelectorExpr)
	return ok && strings.HasPrefix(name.Sel.Name, "Command")
}

// TestEveryErrorHasAKind looks at every place that makes an error for an operator: without a kind it would have no
// code.
func TestEveryErrorHasAKind(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"../../cmd", ".."} {
		require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			require.NoError(t, err)
			if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if !ok || !isError(file.Name.Name, lit.Type) {
					return true
				}
				keys := map[string]bool{}
				for _, e := range lit.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						keys[kv.Key.(*ast.Ident).Name] = true
					}
				}
				assert.True(t, keys["Act"] && keys["Kind"], "%s: an error says its act and its kind", files.Position(lit.Pos()))
				return true
			})
			return nil
		}))
	}
}

func isError(pkg string, e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		x, ok := e.X.(*ast.Ident)
		return ok && x.Name == "userops" && e.Sel.Name == "Error"
	case *ast.Ident:
		return pkg == "userops" && e.Name == "Error"
	}
	return false
}
