package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAFileIsScheduledWholeAlsoByAProcessThatIsKilled kills the program as it tells the audit log of the rows of a
// file.
func TestAFileIsScheduledWholeAlsoByAProcessThatIsKilled(t *testing.T) {
	t.Parallel()
	_, file, _ := byPath(t, console.Options{Users: 3})
	run := func(args ...string) output { return command(t, append([]string{"--config", file}, args...)...) }
	state := decode[map[string]any](t, run("config", "check", "-o", "json").stdout)["state"].(string)
	const rows = 400
	people := "email,at,tz,reason\n"
	for n := range rows {
		people += fmt.Sprintf("u%d@acme.example,2030-12-04 17:00,UTC,HR-%d\n", n, n)
	}
	told := func() int {
		data, err := os.ReadFile(filepath.Join(state, "audit", "log.jsonl"))
		if err != nil {
			return 0
		}
		return bytes.Count(data, []byte(`"event":"scheduled"`))
	}
	offboard := exec.CommandContext(t.Context(), os.Args[0], "--config", file, "offboard", "--unlisted", "--from", write(t, people))
	offboard.Env = append(os.Environ(), "TEST_PROGRAM=1")
	require.NoError(t, offboard.Start())
	require.Eventually(t, func() bool { return told() > 0 }, time.Minute, time.Millisecond)
	require.NoError(t, offboard.Process.Kill())
	_ = offboard.Wait()
	require.Positive(t, told())
	if told() == rows {
		t.Log("it had told of all before it was killed")
	}
	before := run("audit", "verify")
	assert.NotContains(t, before.stdout, "is scheduled", "what is not told yet is no difference") // that the end of the log is not signed for is
	require.Equal(t, 0, run("run-due").code)
	assert.Equal(t, rows, told(), "each has one line")
	after := run("audit", "verify")
	assert.Equal(t, 0, after.code, after.stdout)
	all := decode[[]journal.Schedule](t, run("offboard", "list", "-o", "json").stdout)
	assert.Len(t, all, rows)
	again := run("offboard", "u0@acme.example", "--at", "2030-12-04 17:00", "--tz", "UTC", "--reason", "HR-0")
	assert.Equal(t, 1, again.code)
	assert.True(t, strings.Contains(again.stderr, "that is scheduled already"), again.stderr)
}
