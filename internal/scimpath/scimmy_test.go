package scimpath_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/billagent/billagent/internal/scimpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const scimmyExtension = "urn:example:params:scim:schemas:extension:console:2.0:User"

// scimmy is a running service built on npm's scimmy and scimmy-routers, which this project did not write.
type scimmy struct {
	URL     string `json:"url"`
	Control string `json:"control"`
}

// startScimmy starts the service; it ends when its standard input does, however the test ends. Without Node.js or its
// packages the test is skipped: .ci/run installs both, and sees to it that nothing was.
func startScimmy(t *testing.T, token string) scimmy {
	t.Helper()
	node, err := exec.LookPath("node")
	dir := filepath.Join("..", "..", "fixtures", "scimmy")
	if _, missing := os.Stat(filepath.Join(dir, "node_modules")); err != nil || missing != nil {
		t.Skip("needs Node.js 20, and: npm ci --prefix fixtures/scimmy")
	}
	cmd := exec.Command(node, "server.mjs")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "SCIM_TOKEN="+token)
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, stdin.Close())
		require.NoError(t, cmd.Wait())
	})
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	require.NoError(t, err)
	var s scimmy
	require.NoError(t, json.Unmarshal(line, &s))
	return s
}

// control asks the service's own back door, beside SCIM.
func (s scimmy) control(t *testing.T, method, path string, body, into any) {
	t.Helper()
	var sent bytes.Buffer
	if body != nil {
		require.NoError(t, json.NewEncoder(&sent).Encode(body))
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.Control+path, &sent)
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	require.Less(t, resp.StatusCode, 300)
	if into != nil {
		require.NoError(t, json.NewDecoder(resp.Body).Decode(into))
	}
}

func (s scimmy) stored(t *testing.T) []userops.User {
	var out []userops.User
	s.control(t, http.MethodGet, "/users", nil, &out)
	return out
}

func TestConformanceOnScimmy(t *testing.T) {
	t.Parallel()
	useropstest.Run(t, func(t *testing.T) useropstest.Backend {
		s := startScimmy(t, "an-invented-token")
		s.control(t, http.MethodPut, "/users", useropstest.Seed(), nil)
		p := open(t, scimpath.Options{Tenant: "demo", URL: s.URL, Auth: scimpath.Auth{Method: scimpath.Bearer, Token: constant("an-invented-token")}, Account: useropstest.Self,
			Mapping: scimpath.Mapping{Role: scimmyExtension + ":role", Pending: scimmyExtension + ":pending"}, EvidenceDir: t.TempDir(), PageSize: 4})
		return useropstest.Backend{
			Directory: p,
			Stored:    func() []userops.User { return s.stored(t) },
			Edit: func(edit func([]userops.User) []userops.User) {
				s.control(t, http.MethodPut, "/users", edit(s.stored(t)), nil)
			},
			DualControl: func() { s.control(t, http.MethodPost, "/dual-control", struct{}{}, nil) },
		}
	})
}

func TestScimmyRefusesAWrongToken(t *testing.T) {
	t.Parallel()
	s := startScimmy(t, "an-invented-token")
	p := open(t, scimpath.Options{Tenant: "demo", URL: s.URL, Auth: scimpath.Auth{Method: scimpath.Bearer, Token: constant("another")}})
	_, err := p.Get(t.Context(), "ann@acme.example")
	require.ErrorIs(t, err, userops.ErrCredentials)
	assert.Contains(t, userops.HintOf(err), "scim.auth")
}
