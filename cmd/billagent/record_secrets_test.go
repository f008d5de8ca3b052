package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/secret/secrettest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoSecretTypedInARecordingIsLeftBehind types a secret into the field that asks for one, sends it (which is held),
// and types it into a plain field. The recording ends in order, or the program is killed in the middle of it. Whatever
// it has written is looked through: the flow, the evidence, the log at its most talkative, the browser's profile.
func TestNoSecretTypedInARecordingIsLeftBehind(t *testing.T) {
	t.Parallel()
	for _, killed := range []bool{false, true} {
		t.Run(map[bool]string{false: "ended", true: "killed"}[killed], func(t *testing.T) {
			t.Parallel()
			_, conf, _ := deskWithout(t)
			dir := filepath.Dir(conf)
			temp := filepath.Join(dir, "temp")
			require.NoError(t, os.Mkdir(temp, 0o700))
			cmd := exec.CommandContext(t.Context(), os.Args[0], "--config", conf, "--log-level", "debug", "record", "deactivate", "--replace",
				"--open", "/", "--remote", "--headless", "--input", "email=ann@desk.example")
			said := &told{}
			cmd.Env = append(os.Environ(), "TEST_PROGRAM=1", "TMPDIR="+temp)
			cmd.Stdout, cmd.Stderr = said, said
			require.NoError(t, cmd.Start())
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			hand, secret := goThere(t, said), "Tr0ub4dor-of-nobody"
			hand.typesTwice(t, said, secret)
			profile, err := filepath.Glob(filepath.Join(temp, "billagent-profile-*", "*"))
			require.NoError(t, err)
			require.NotEmpty(t, profile, "there is a profile to look through while the browser runs")
			secrettest.Scan(t, dir, map[string]string{"what was typed, while the browser runs": secret})
			if killed {
				require.NoError(t, cmd.Process.Kill())
			} else {
				for _, k := range [][]automation.Motion{key("F2", 113, ""), key("Tab", 9, ""), key("Enter", 13, "\r")} { // Stop
					hand.does(t, k...)
				}
			}
			<-ended
			require.Eventually(t, func() bool {
				left, err := filepath.Glob(filepath.Join(temp, "billagent-profile-*"))
				return err == nil && len(left) == 0
			}, 20*time.Second, 50*time.Millisecond, "the browser goes with its profile")
			require.NoError(t, os.WriteFile(filepath.Join(dir, "said"), []byte(said.String()), 0o600))
			secrettest.Scan(t, dir, map[string]string{"what was typed": secret})
			files, err := filepath.Glob(filepath.Join(dir, "state", "evidence", "other", "*", "*"))
			require.NoError(t, err)
			assert.NotEmpty(t, files, "there is evidence to look through")
			if !killed {
				assert.Contains(t, said.String(), "${password}", "it was taken down as one")
				assert.Contains(t, said.String(), "/enter", "what would have sent it was told of")
			}
		})
	}
}

// typesTwice types a secret where it belongs, sends it, and types it into the plain field before.
func (e *elsewhere) typesTwice(t *testing.T, said *told, secret string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(said.String(), "do it in the window") }, 60*time.Second, 50*time.Millisecond, said)
	e.seesAnother(t, nil)
	text := automation.Motion{Kind: "text", Text: secret}
	back := automation.Motion{Kind: "keydown", Key: "Tab", Code: "Tab", Number: 9, Held: 8}
	for _, motions := range [][]automation.Motion{
		slices.Concat(key("Tab", 9, ""), key("Tab", 9, ""), []automation.Motion{text}), // past the login, into the secret word
		key("Enter", 13, "\r"),
		{back, text},
	} {
		before := e.sees(t)
		e.does(t, motions...)
		e.seesAnother(t, before)
	}
}
