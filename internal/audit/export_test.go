package audit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestExport writes a log with evidence of every kind of trouble, and reads what an auditor reads.
func TestExport(t *testing.T) {
	t.Parallel()
	dir, evidence, out := filepath.Join(t.TempDir(), "audit"), t.TempDir(), filepath.Join(t.TempDir(), "out")
	l, err := audit.Open(t.Context(), dir, "", "test 1")
	require.NoError(t, err)
	op := filepath.Join(evidence, "acme", "op-1")
	require.NoError(t, os.MkdirAll(op, 0o700))
	for _, f := range []string{"01-good.png", "02-altered.png", "03-pruned.png"} {
		require.NoError(t, os.WriteFile(filepath.Join(op, f), []byte(f), 0o600))
	}
	hashes, err := audit.Hashes(op)
	require.NoError(t, err)
	require.Len(t, hashes, 3)
	hashes["../../../escape.png"] = "00"
	before := userops.User{Email: "ann@acme.example", FirstName: "<script>alert(1)</script>", Role: "Clerk", Status: userops.Active}
	after := before
	after.Status = userops.Inactive
	for _, e := range []audit.Entry{{Event: "intent", Op: "op-1"}, {Event: "scheduled", Reason: "for noon: HR-1234"}, {Event: "scheduled", Reason: "for noon: HR-5", Schedule: "s-2"}, {Event: "cancelled", Reason: "for noon: HR-5; cancelled: she stays", Schedule: "s-2"}} {
		e.Actor, e.Tenant, e.Action, e.Target = "clerk@test", "acme", userops.Deactivate, "ann@acme.example"
		if e.Schedule == "" {
			e.Schedule = "s-1"
		}
		require.NoError(t, l.Append(t.Context(), e))
	}
	require.NoError(t, l.Append(t.Context(), audit.Entry{Event: "outcome", Actor: "root@test", OnBehalfOf: "hr", Tenant: "acme", Op: "op-1", Action: userops.Deactivate, Target: "a/../nn@acme.example", Before: &before, After: &after, Outcome: userops.Done, Evidence: hashes}))
	require.NoError(t, l.Append(t.Context(), audit.Entry{Event: "freeze", Actor: "root@test", Tenant: "acme"}))
	require.NoError(t, os.WriteFile(filepath.Join(op, "02-altered.png"), []byte("other"), 0o600))
	require.NoError(t, os.Remove(filepath.Join(op, "03-pruned.png")))

	n, err := audit.Export(t.Context(), dir, evidence, out, time.Time{}, time.Time{})
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	folders, err := filepath.Glob(filepath.Join(out, "*", "index.html"))
	require.NoError(t, err)
	require.Len(t, folders, 1)
	data, err := os.ReadFile(folders[0])
	require.NoError(t, err)
	page := string(data)
	for _, want := range []string{"root@test", "hr", "done", "no longer kept", "is not the file that was logged", "as logged", hashes["01-good.png"], `src="01-good.png"`, "test 1"} {
		assert.True(t, strings.Contains(page, want), want)
	}
	assert.False(t, strings.Contains(page, "<script>"), "what a page said is text")
	assert.False(t, strings.Contains(page, "escape.png"))
	assert.FileExists(t, filepath.Join(filepath.Dir(folders[0]), "01-good.png"))
	assert.Contains(t, page, "for noon: HR-1234", "why it was scheduled")
	assert.NotContains(t, page, "HR-5")
	data, err = os.ReadFile(filepath.Join(out, "index.html"))
	require.NoError(t, err)
	assert.Contains(t, string(data), "for noon: HR-5; cancelled: she stays", "what never became an operation")

	_, err = audit.Export(t.Context(), dir, evidence, out, time.Time{}, time.Time{})
	require.ErrorContains(t, err, "not empty")
	n, err = audit.Export(t.Context(), dir, evidence, filepath.Join(t.TempDir(), "none"), time.Now().Add(time.Hour), time.Time{})
	require.NoError(t, err)
	assert.Zero(t, n)
}
