package operation_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (o *workspace) log() string { return filepath.Join(o.dir, "audit", "log.jsonl") }

// spoilt are ways in which an audit log cannot be written, each with how it is put right.
var spoilt = map[string]func(t *testing.T, path string) (mended func()){
	"a folder in its place": func(t *testing.T, path string) func() {
		require.NoError(t, os.Rename(path, path+".aside"))
		require.NoError(t, os.Mkdir(path, 0o700))
		return func() {
			require.NoError(t, os.Remove(path))
			require.NoError(t, os.Rename(path+".aside", path))
		}
	},
	"a full disk": func(t *testing.T, path string) func() { // every write to this device is refused for want of room
		require.NoError(t, os.Rename(path, path+".aside"))
		require.NoError(t, os.Symlink("/dev/full", path))
		return func() {
			require.NoError(t, os.Remove(path))
			require.NoError(t, os.Rename(path+".aside", path))
		}
	},
	"a link to nowhere": func(t *testing.T, path string) func() {
		require.NoError(t, os.Rename(path, path+".aside"))
		require.NoError(t, os.Symlink("/nonexistent/log.jsonl", path))
		return func() {
			require.NoError(t, os.Remove(path))
			require.NoError(t, os.Rename(path+".aside", path))
		}
	},
}

// TestWithoutALineInTheAuditLogNothingIsCommitted spoils the log before a change.
func TestWithoutALineInTheAuditLogNothingIsCommitted(t *testing.T) {
	t.Parallel()
	for name, spoil := range spoilt {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newWorkspace(t, 2)
			d := o.open(t, nil)
			require.Equal(t, userops.Done, d.Change(t.Context(), useropstest.Deactivate("u2@acme.example")).Outcome)
			require.NoError(t, d.Close())
			before := o.Stored()
			mended := spoil(t, o.log())
			d = o.open(t, nil)
			r := d.Change(t.Context(), useropstest.Deactivate("u1@acme.example"))
			require.Equal(t, userops.Halted, r.Outcome, r.Reason)
			require.ErrorIs(t, r.Err, userops.ErrStorage)
			assert.Contains(t, r.Reason, "writing the audit log")
			assert.Equal(t, before, o.Stored())
			require.NoError(t, d.Close())
			mended()

			require.Equal(t, userops.Done, o.open(t, nil).Change(t.Context(), useropstest.Deactivate("u1@acme.example")).Outcome)
			late := 0
			for _, e := range o.entries(t) {
				if e.Op == r.Op {
					late++
					assert.True(t, e.Late)
					assert.Equal(t, userops.Halted, e.Outcome)
					assert.NotNil(t, e.EndedAt)
				}
			}
			assert.Equal(t, 1, late, "the one that was halted is told as late")
			o.reconciled(t)
		})
	}
}

// TestWhatTheAuditLogMissedComesLate spoils the log between the commit and its outcome.
func TestWhatTheAuditLogMissedComesLate(t *testing.T) {
	t.Parallel()
	for name, spoil := range spoilt {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newWorkspace(t, 2)
			var mended func()
			o.write = func(at string) error {
				if at == "acted" && mended == nil {
					mended = spoil(t, o.log())
				}
				return nil
			}
			d := o.open(t, nil)
			r := d.Change(t.Context(), useropstest.Deactivate("u1@acme.example"))
			require.Equal(t, userops.Done, r.Outcome, "what is done is said to be done all the same")
			require.Len(t, r.Notices, 1)
			assert.Contains(t, r.Notices[0], "the next run writes it there")
			require.NoError(t, d.Close())
			mended()
			assert.Len(t, o.findings(t), 1, "until then it is missed")

			require.Equal(t, userops.Already, o.open(t, nil).Change(t.Context(), useropstest.Deactivate("u1@acme.example")).Outcome)
			var told []audit.Entry
			for _, e := range o.entries(t) {
				if e.Op == r.Op && e.Event == "outcome" {
					told = append(told, e)
				}
			}
			require.Len(t, told, 1)
			assert.True(t, told[0].Late)
			assert.Equal(t, userops.Done, told[0].Outcome)
			o.reconciled(t)
		})
	}
}

// findings are what is found where log and journal are held against each other.
func (o *workspace) findings(t *testing.T) []audit.Finding {
	t.Helper()
	j, err := journal.Open(context.Background(), filepath.Join(o.dir, "journal.db"), journal.Options{})
	require.NoError(t, err)
	defer j.Close()
	ops, err := j.List(context.Background(), journal.Filter{})
	require.NoError(t, err)
	freezes, err := j.Freezes(context.Background())
	require.NoError(t, err)
	entries, err := audit.Read(filepath.Join(o.dir, "audit"))
	require.NoError(t, err)
	scheduled, err := j.Schedules(context.Background(), journal.ScheduleFilter{})
	require.NoError(t, err)
	return operation.Reconcile(entries, ops, freezes, scheduled)
}

func (o *workspace) reconciled(t *testing.T) {
	t.Helper()
	assert.Empty(t, o.findings(t))
}

func TestLogAndJournalAreHeldAgainstEachOther(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 3)
	d := o.open(t, nil)
	first := d.Change(t.Context(), useropstest.Deactivate("u1@acme.example"))
	second := d.Change(t.Context(), useropstest.SetRole("u2@acme.example", "Payer"))
	require.NoError(t, d.Close())
	o.reconciled(t)

	o.exec(t, "UPDATE operations SET outcome = 'halted' WHERE id = $1", first.Op)
	require.Len(t, o.findings(t), 1)
	assert.Contains(t, o.findings(t)[0].What, "is done here, and halted in the journal")
	o.exec(t, "UPDATE operations SET outcome = 'done' WHERE id = $1", first.Op)
	o.exec(t, "UPDATE operations SET email = 'u3@acme.example', request = replace(request, 'u2', 'u3') WHERE id = $1", second.Op)
	require.NotEmpty(t, o.findings(t))
	assert.Contains(t, o.findings(t)[0].What, "u2@acme.example here, and set-role u3@acme.example in the journal")
	o.exec(t, "DELETE FROM operations WHERE id = $1", second.Op)
	require.Len(t, o.findings(t), 1)
	assert.Contains(t, o.findings(t)[0].What, "is not in the journal")
	data, err := os.ReadFile(o.log())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(o.log(), nil, 0o600))
	require.Len(t, o.findings(t), 1)
	assert.Contains(t, o.findings(t)[0].What, "is in the journal and not in the log")
	require.NoError(t, os.WriteFile(o.log(), data, 0o600))
}

// TestAJournalIsMadeAgainFromTheAuditLog loses the journal: the hourly limit and the freezes come back with it.
func TestAJournalIsMadeAgainFromTheAuditLog(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 10)
	d := o.open(t, nil)
	for _, email := range []string{"u1@acme.example", "u2@acme.example", "u3@acme.example"} {
		require.Equal(t, userops.Done, d.Change(t.Context(), useropstest.Deactivate(email)).Outcome)
	}
	require.NoError(t, d.Audit.Append(t.Context(), audit.Entry{Event: "freeze", Actor: "eve", Tenant: "acme", Reason: "drill"}))
	require.NoError(t, d.Audit.Append(t.Context(), audit.Entry{Event: "freeze", Actor: "eve", Tenant: "other", Reason: "drill"}))
	require.NoError(t, d.Audit.Append(t.Context(), audit.Entry{Event: "thaw", Actor: "eve", Tenant: "other"}))
	require.NoError(t, d.Close())
	for _, f := range []string{"journal.db", "journal.db-wal", "journal.db-shm"} {
		_ = os.Remove(filepath.Join(o.dir, f))
	}
	j, err := journal.Open(t.Context(), filepath.Join(o.dir, "journal.db"), journal.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, j.Close()) })
	fresh, err := j.New(t.Context())
	require.NoError(t, err)
	require.True(t, fresh)
	ops, freezes := operation.FromAudit(o.entries(t))
	require.NoError(t, j.Adopt(t.Context(), ops, freezes))
	fresh, err = j.New(t.Context())
	require.NoError(t, err)
	require.False(t, fresh)
	o.reconciled(t)
	require.ErrorIs(t, j.Frozen(t.Context(), "acme"), userops.ErrFrozen)
	require.NoError(t, j.Frozen(t.Context(), "other"))
	_, err = j.Thaw(t.Context(), "acme")
	require.NoError(t, err)
	r := o.open(t, nil).Change(t.Context(), useropstest.Deactivate("u4@acme.example"))
	require.ErrorIs(t, r.Err, userops.ErrLimit, "three have gone within the hour")
	require.NoError(t, j.Adopt(t.Context(), ops, freezes), "once more changes nothing")
}

// TestAnOperationWithoutAnEndInTheLogGetsOne loses the journal of an operation that the log has only the intent of.
func TestAnOperationWithoutAnEndInTheLogGetsOne(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 4)
	d := o.open(t, nil)
	require.Equal(t, userops.Done, d.Change(t.Context(), useropstest.Deactivate("u1@acme.example")).Outcome)
	require.NoError(t, d.Audit.Append(t.Context(), audit.Entry{Event: "intent", Actor: "eve", Tenant: "acme", Op: "op-cut", Action: userops.Deactivate, Target: "u2@acme.example"}))
	require.NoError(t, d.Close())
	for _, f := range []string{"journal.db", "journal.db-wal", "journal.db-shm"} {
		_ = os.Remove(filepath.Join(o.dir, f))
	}
	j, err := journal.Open(t.Context(), filepath.Join(o.dir, "journal.db"), journal.Options{})
	require.NoError(t, err)
	ops, freezes := operation.FromAudit(o.entries(t))
	require.NoError(t, j.Adopt(t.Context(), ops, freezes))
	require.NoError(t, j.Close())
	require.Len(t, o.findings(t), 1)
	require.Equal(t, userops.Done, o.open(t, nil).Change(t.Context(), useropstest.Deactivate("u3@acme.example")).Outcome)
	o.reconciled(t)
	last := o.entries(t)
	i := slices.IndexFunc(last, func(e audit.Entry) bool { return e.Op == "op-cut" && e.Event == "outcome" })
	require.Positive(t, i)
	assert.True(t, last[i].Late)
	assert.Equal(t, userops.Unknown, last[i].Outcome)
}

// TestWhatIsScheduledIsHeldAgainstTheLog has the log and the journal tell of different schedules.
func TestWhatIsScheduledIsHeldAgainstTheLog(t *testing.T) {
	t.Parallel()
	line := func(seq int64, event, id string) audit.Entry {
		return audit.Entry{Seq: seq, Event: event, Schedule: id, Tenant: "acme", Target: id + "@acme.example"}
	}
	row := func(id string, state journal.ScheduleState) journal.Schedule {
		return journal.Schedule{ID: id, Tenant: "acme", Email: id + "@acme.example", State: state, Audited: true}
	}
	entries := []audit.Entry{
		line(1, "scheduled", "before"), {Seq: 2, Event: "adopted"}, line(3, "scheduled", "there"), line(4, "scheduled", "stays"), line(5, "cancelled", "stays"), line(6, "scheduled", "gone"),
		line(7, "scheduled", "withdrawn"), line(8, "cancelled", "withdrawn"), {Seq: 9, Event: "outcome", Op: "op", Schedule: "there"}, line(10, "scheduled", "late"), line(11, "rescheduled", "late"),
	}
	rows := []journal.Schedule{row("there", journal.Ended), row("stays", journal.Pending), row("unsaid", journal.Pending), row("late", journal.Parked)}
	var found []string
	for _, f := range operation.Reconcile(entries[:8], nil, nil, rows[:3]) {
		found = append(found, fmt.Sprint(f.Line, " ", f.What))
	}
	assert.Equal(t, []string{
		"5 the offboarding of stays@acme.example in tenant acme is cancelled here, and pending in the journal",
		"0 the offboarding of unsaid@acme.example in tenant acme is scheduled in the journal and not in the log",
		"6 the offboarding of gone@acme.example in tenant acme is scheduled here, and not in the journal: schedule it again, if it is still meant",
	}, found)
	again := line(9, "scheduled", "again")
	again.Target = "Gone@acme.example"
	found = nil
	for _, f := range operation.Reconcile(append(slices.Clone(entries[:8]), again), nil, nil, append(slices.Clone(rows[:2]), row("again", journal.Pending))) {
		found = append(found, fmt.Sprint(f.Line))
	}
	assert.Equal(t, []string{"5"}, found, "what a process that was killed had told of was asked for again")
	entries = append(entries[:3], entries[9:]...)
	assert.Empty(t, operation.Reconcile(entries, nil, nil, []journal.Schedule{rows[0], rows[3]}))
}

// TestEachScheduleOfTheLogIsOpenByItself has one be taken back of somebody of whom another stands.
func TestEachScheduleOfTheLogIsOpenByItself(t *testing.T) {
	t.Parallel()
	line := func(event, id, email string) audit.Entry {
		return audit.Entry{Event: event, Schedule: id, Tenant: "acme", Target: email}
	}
	entries := []audit.Entry{line("scheduled", "1", "ann@acme.example"), line("scheduled", "2", "Ann@acme.example"), line("cancelled", "2", "Ann@acme.example"), line("scheduled", "3", "bob@acme.example")}
	open := operation.OpenInAudit(entries)
	require.Len(t, open, 2)
	done := audit.Entry{Event: "outcome", Op: "op", Tenant: "acme", Target: "ANN@acme.example", Action: userops.Deactivate, Outcome: userops.Done}
	bob := line("scheduled", "4", "bob@acme.example")
	bob.Seq = 9
	open = operation.OpenInAudit(append(slices.Clone(entries), bob))
	require.Len(t, open, 2)
	assert.Equal(t, "4", open[1].Schedule, "each user once")
	open = operation.OpenInAudit(append(entries, done))
	require.Len(t, open, 1)
	assert.Equal(t, "bob@acme.example", open[0].Target)
}
