package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func entry(i int) audit.Entry {
	return audit.Entry{Event: "outcome", Actor: "root@test", Tenant: "acme", Op: fmt.Sprint("op-", i), Action: userops.Deactivate, Target: "siobhán+" + fmt.Sprint(i) + "@acme.example",
		Before: &userops.User{Email: "<é\u2028>"}, Outcome: userops.Done, Evidence: map[string]string{"b.png": "02", "a.png": "01"}}
}

// written makes a log of n entries.
func written(t *testing.T, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "audit")
	l, err := audit.Open(t.Context(), dir, "", "test")
	require.NoError(t, err)
	for i := range n {
		require.NoError(t, l.Append(t.Context(), entry(i)))
	}
	return dir
}

func verify(t *testing.T, dir string) audit.Report {
	t.Helper()
	r, err := audit.Verify(dir, "", "")
	require.NoError(t, err)
	return r
}

func TestAnUntouchedLogIsFoundGood(t *testing.T) {
	t.Parallel()
	dir := written(t, 5)
	r := verify(t, dir)
	assert.Empty(t, r.Findings)
	assert.Equal(t, 5, r.Lines)
	assert.Equal(t, 5, r.Covered)
	es, err := audit.Read(dir)
	require.NoError(t, err)
	require.Len(t, es, 5)
	assert.Equal(t, "<é\u2028>", es[0].Before.Email)
	assert.Equal(t, "test", es[4].Program)
	r, err = audit.Verify(dir, "", r.Last)
	require.NoError(t, err)
	assert.Empty(t, r.Findings)
	info, err := os.Stat(filepath.Join(dir, "signing-key"))
	require.NoError(t, err)
	assert.Zero(t, info.Mode().Perm()&0o077)
}

// tamper changes the lines of a log, and returns the first line, from 1, at or beside which it must be noticed.
var tampers = map[string]func(r *rand.Rand, lines [][]byte) ([][]byte, int){
	"edit": func(r *rand.Rand, lines [][]byte) ([][]byte, int) {
		i := r.IntN(len(lines))
		b := r.IntN(len(lines[i]))
		lines[i] = bytes.Clone(lines[i])
		lines[i][b] ^= 1 << r.IntN(7)
		return lines, i + 1
	},
	"remove": func(r *rand.Rand, lines [][]byte) ([][]byte, int) {
		i := r.IntN(len(lines) - 1)
		return slices.Delete(lines, i, i+1), i + 1
	},
	"swap": func(r *rand.Rand, lines [][]byte) ([][]byte, int) {
		i := r.IntN(len(lines) - 1)
		lines[i], lines[i+1] = lines[i+1], lines[i]
		return lines, i + 1
	},
	"truncate": func(r *rand.Rand, lines [][]byte) ([][]byte, int) {
		i := r.IntN(len(lines))
		return lines[:i], i
	},
	"repeat": func(r *rand.Rand, lines [][]byte) ([][]byte, int) {
		i := r.IntN(len(lines))
		return slices.Insert(lines, i, lines[i]), i + 2
	},
	"insert": func(r *rand.Rand, lines [][]byte) ([][]byte, int) {
		i := r.IntN(len(lines))
		return slices.Insert(lines, i, []byte(`{"seq":1}`)), i + 1
	},
}

func TestTamperingIsFoundAndPlaced(t *testing.T) {
	t.Parallel()
	const n = 12
	dir := written(t, n)
	original, err := os.ReadFile(filepath.Join(dir, "log.jsonl"))
	require.NoError(t, err)
	for what, tamper := range tampers {
		for seed := range uint64(200) {
			lines, at := tamper(rand.New(rand.NewPCG(seed, 7)), bytes.Split(bytes.TrimSuffix(original, []byte("\n")), []byte("\n")))
			changed := append(bytes.Join(lines, []byte("\n")), '\n')
			if len(lines) == 0 {
				changed = nil
			}
			require.NoError(t, os.WriteFile(filepath.Join(dir, "log.jsonl"), changed, 0o600))
			r := verify(t, dir)
			require.NotEmpty(t, r.Findings, "%s, seed %d", what, seed)
			near := slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { return f.Line >= at-1 && f.Line <= at+1 })
			require.True(t, near, "%s at line %d, seed %d: %v", what, at, seed, r.Findings)
		}
	}
}

// TestTheChainAloneFindsAnEdit has only the last line be signed: what comes before is proved by the hashes alone.
func TestTheChainAloneFindsAnEdit(t *testing.T) {
	t.Parallel()
	dir := written(t, 5)
	points := filepath.Join(dir, "checkpoints.jsonl")
	data, err := os.ReadFile(points)
	require.NoError(t, err)
	signed := strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n")
	require.NoError(t, os.WriteFile(points, []byte(signed[len(signed)-1]+"\n"), 0o600))
	assert.Empty(t, verify(t, dir).Findings)
	log := filepath.Join(dir, "log.jsonl")
	data, err = os.ReadFile(log)
	require.NoError(t, err)
	for i := range 4 {
		lines := strings.SplitAfter(string(data), "\n")
		lines[i] = strings.Replace(lines[i], `"outcome":"done"`, `"outcome":"gone"`, 1)
		require.NoError(t, os.WriteFile(log, []byte(strings.Join(lines, "")), 0o600))
		assert.NotEmpty(t, verify(t, dir).Findings, "line %d", i+1)
	}
}

func TestAFullRewriteIsFoundByTheSignature(t *testing.T) {
	t.Parallel()
	dir, forged := written(t, 4), written(t, 4)
	key, err := os.ReadFile(filepath.Join(dir, "verification-key"))
	require.NoError(t, err)
	data, err := os.ReadFile(filepath.Join(forged, "log.jsonl"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "log.jsonl"), data, 0o600))
	require.NotEmpty(t, verify(t, dir).Findings)

	// With its checkpoints too: the key of the folder no longer fits.
	data, err = os.ReadFile(filepath.Join(forged, "checkpoints.jsonl"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "checkpoints.jsonl"), data, 0o600))
	require.NotEmpty(t, verify(t, dir).Findings)

	// With the key of the folder as well: one that was kept elsewhere does not fit.
	assert.Empty(t, verify(t, forged).Findings)
	r, err := audit.Verify(forged, strings.TrimSpace(string(key)), "")
	require.NoError(t, err)
	require.NotEmpty(t, r.Findings)
}

func TestALogCutTogetherWithItsCheckpointsIsFoundByOneKeptElsewhere(t *testing.T) {
	t.Parallel()
	dir := written(t, 6)
	kept := verify(t, dir).Last
	for _, f := range []string{"log.jsonl", "checkpoints.jsonl"} {
		data, err := os.ReadFile(filepath.Join(dir, f))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, f), []byte(strings.Join(strings.SplitAfter(string(data), "\n")[:3], "")), 0o600))
	}
	assert.Empty(t, verify(t, dir).Findings, "nothing here can show it")
	r, err := audit.Verify(dir, "", kept)
	require.NoError(t, err)
	require.Len(t, r.Findings, 1)
	assert.Contains(t, r.Findings[0].What, "knows line 6")
	_, err = audit.Verify(dir, "", "not a note")
	require.Error(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir, "checkpoints.jsonl")))
	assert.NotEmpty(t, verify(t, dir).Findings)
}

func TestSeveralProcessesAppend(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "audit")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			l, err := audit.Open(t.Context(), dir, "", "test")
			if !assert.NoError(t, err) {
				return
			}
			for i := range 10 {
				assert.NoError(t, l.Append(t.Context(), entry(i)))
			}
		})
	}
	wg.Wait()
	r := verify(t, dir)
	assert.Empty(t, r.Findings)
	assert.Equal(t, 40, r.Lines)
}

func TestALineThatWasNotWrittenToItsEndIsTakenBackAndSaid(t *testing.T) {
	t.Parallel()
	dir := written(t, 2)
	f, err := os.OpenFile(filepath.Join(dir, "log.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"action":"deact`)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	r := verify(t, dir)
	require.Len(t, r.Findings, 1)
	assert.Equal(t, 3, r.Findings[0].Line)
	l, err := audit.Open(t.Context(), dir, "", "test")
	require.NoError(t, err)
	require.NoError(t, l.Append(t.Context(), entry(9)))
	assert.Empty(t, verify(t, dir).Findings)
	es, err := audit.Read(dir)
	require.NoError(t, err)
	require.Len(t, es, 4)
	assert.Equal(t, "repaired", es[2].Event)
	assert.Contains(t, es[2].Reason, "16 bytes")
}

func TestAKeyOfOnesOwn(t *testing.T) {
	t.Parallel()
	signing, verification, err := audit.NewKey()
	require.NoError(t, err)
	dir := t.TempDir()
	l, err := audit.Open(t.Context(), dir, signing, "test")
	require.NoError(t, err)
	require.NoError(t, l.Append(t.Context(), entry(1)))
	assert.NoFileExists(t, filepath.Join(dir, "signing-key"))
	for _, key := range []string{verification, ""} { // "": the one beside the log
		r, err := audit.Verify(dir, key, "")
		require.NoError(t, err)
		assert.Empty(t, r.Findings)
	}
	_, err = audit.Open(t.Context(), dir, "PRIVATE+KEY+oops", "test")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "oops")
}

func TestWaitingForTheLogEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := audit.Open(t.Context(), dir, "", "test")
	require.NoError(t, err)
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	require.ErrorContains(t, l.Append(ctx, entry(1)), "locking: interrupted")
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte("{}\n"))
	f.Add([]byte("{\"seq\":1}\n{\"seq\":9}\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		_, key, err := audit.NewKey()
		require.NoError(t, err)
		for _, name := range []string{"log.jsonl", "checkpoints.jsonl"} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
		}
		r, err := audit.Verify(dir, key, "")
		require.NoError(t, err)
		if len(bytes.TrimSpace(data)) > 0 {
			require.NotEmpty(t, r.Findings, "nothing of it is signed")
		}
	})
}
