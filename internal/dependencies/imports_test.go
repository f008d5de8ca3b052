// Package dependencies holds the test that enforces which package may import which.
package dependencies

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/billagent/billagent/"

type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", module+"...")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var all []pkg
	for d := json.NewDecoder(out); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		all = append(all, p)
	}
	require.NoError(t, cmd.Wait())
	require.NotEmpty(t, all)
	return all
}

// floor says how far down a package lies: it may import only packages of lower floors, and its own.
func floor(path string) int {
	for i, top := range []string{"selectors", "automation", "flows", "internal", "cmd"} {
		if path == top || strings.HasPrefix(path, top+"/") {
			return i
		}
	}
	return -1
}

func TestImportsPointDownwards(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, path := range p.Imports {
			to, ours := strings.CutPrefix(path, module)
			if !ours {
				continue
			}
			switch {
			case from == "fixtures/bench" && to == "fixtures/console": // it measures the program as a process, and knows nothing of its parts
			case strings.HasPrefix(from, "fixtures/"):
				assert.Fail(t, "a fixture imports the agent", "%s imports %s", from, to)
			case strings.HasPrefix(to, "fixtures/"):
				assert.True(t, strings.HasPrefix(from, "cmd/") || from == "internal/matrix" || from == "internal/chaos", "%s imports %s: only cmd, tests and the programs that judge the agent may", from, to)
			case from == "internal/userops":
				assert.Fail(t, "userops imports none of ours", "it imports %s", to)
			default:
				assert.GreaterOrEqual(t, floor(from), floor(to), "%s imports %s", from, to)
			}
		}
	}
}

// TestAFaceCallsTheService keeps what faces are given in one place, and paths behind their registrations. The
// programs that judge the agent look at its parts.
func TestAFaceCallsTheService(t *testing.T) {
	t.Parallel()
	behind := map[string][]string{
		"internal/operation": {"internal/service"}, "internal/tenant": {"internal/service"}, "internal/policy": {"internal/service", "internal/operation", "internal/config"},
		"internal/browserpath": {"internal/tenant"}, "internal/scimpath": {"internal/tenant"}, "internal/change": {"internal/service", "internal/operation", "internal/tenant", "internal/browserpath", "internal/scimpath", "internal/memorypath"},
	}
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, path := range p.Imports {
			if by, ok := behind[strings.TrimPrefix(path, module)]; ok && from != "internal/matrix" {
				assert.Contains(t, by, from, "%s imports %s", from, path)
			}
		}
	}
}

func TestOnlyTheHandSpeaksToTheBrowser(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		if from == "automation" || from == "internal/recorder" {
			continue
		}
		for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			assert.False(t, strings.HasPrefix(path, "github.com/go-rod/"), "%s imports %s", from, path)
		}
	}
}

func TestNothingElseStandsAtTheTop(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("../..")
	require.NoError(t, err)
	allowed := []string{"cmd", "automation", "selectors", "flows", "fixtures", "internal", "Dockerfile", "README.md", "go.mod", "go.sum"}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !strings.HasSuffix(e.Name(), ".test") {
			assert.Contains(t, allowed, e.Name())
		}
	}
}
