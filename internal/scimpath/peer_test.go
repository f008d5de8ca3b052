package scimpath_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// peer is a running SCIM service that this project did not write, with a back door of ours.
type peer struct {
	URL     string `json:"url"`
	Control string `json:"control"`
}

// startPeer starts a service of fixtures; it ends when its standard input does, however the test ends. Without
// Node.js or the service's packages the test is skipped: .ci/run installs both, and sees to it that nothing was.
func startPeer(t *testing.T, name string, env ...string) peer {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a service")
	}
	node, err := exec.LookPath("node")
	dir := filepath.Join("..", "..", "fixtures", name)
	if _, missing := os.Stat(filepath.Join(dir, "node_modules")); err != nil || missing != nil {
		t.Skip("needs Node.js 20, and: npm ci --ignore-scripts --prefix fixtures/" + name)
	}
	cmd := exec.Command(node, "server.mjs")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), env...)
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
	var p peer
	require.NoError(t, json.Unmarshal(line, &p))
	return p
}

// control asks the service's back door, beside SCIM.
func (p peer) control(t *testing.T, method, path string, body, into any) {
	t.Helper()
	var sent bytes.Buffer
	if body != nil {
		require.NoError(t, json.NewEncoder(&sent).Encode(body))
	}
	r, err := http.NewRequestWithContext(t.Context(), method, p.Control+path, &sent)
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	said, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Less(t, resp.StatusCode, 300, "%s", said)
	if into != nil {
		require.NoError(t, json.Unmarshal(said, into))
	}
}
