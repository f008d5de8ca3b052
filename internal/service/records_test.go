package service_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAFreezeHoldsAndAThawDoesNotWithoutTheAuditLog spoils the log of a service that freezes and thaws.
func TestAFreezeHoldsAndAThawDoesNotWithoutTheAuditLog(t *testing.T) {
	t.Parallel()
	c := &config.Config{State: t.TempDir()}
	s := service.New(c, service.Options{})
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	require.NoError(t, s.Freeze(t.Context(), journal.Freeze{Tenant: "other", Reason: "drill", By: "eve"}, nil))
	log := filepath.Join(c.AuditDir(), "log.jsonl")
	require.NoError(t, os.Rename(log, log+".aside"))
	require.NoError(t, os.Mkdir(log, 0o700))
	_, err := s.Thaw(t.Context(), "other", "eve")
	require.Error(t, err)
	assert.Equal(t, []string{"other"}, frozen(t, s))
	var told []event.Event
	freeze := journal.Freeze{Tenant: "acme", Reason: "an incident", By: "eve"}
	require.NoError(t, s.Freeze(t.Context(), freeze, func(e event.Event) { told = append(told, e) }))
	assert.Len(t, told, 1, "that the log does not have it is said")
	assert.Equal(t, []string{"acme", "other"}, frozen(t, s))

	require.NoError(t, os.Remove(log))
	require.NoError(t, os.Rename(log+".aside", log))
	was, err := s.Thaw(t.Context(), "other", "eve")
	require.NoError(t, err)
	assert.True(t, was)
	assert.Equal(t, []string{"acme"}, frozen(t, s))
	report, err := s.Verify(t.Context(), "", "")
	require.NoError(t, err)
	assert.Empty(t, report.Findings)
}

// frozen are the tenants that are.
func frozen(t *testing.T, s *service.Service) (out []string) {
	t.Helper()
	all, err := s.Freezes(t.Context())
	require.NoError(t, err)
	for _, f := range all {
		out = append(out, f.Tenant)
	}
	return out
}

// TestAJournalThatWasLostChangesNothing removes the journal between two services: what was frozen went with it.
func TestAJournalThatWasLostChangesNothing(t *testing.T) {
	t.Parallel()
	s, c, consoles := serveConfigured(t, "acme")
	require.NoError(t, s.Freeze(t.Context(), journal.Freeze{Tenant: "acme", Reason: "drill", By: "eve"}, nil))
	require.NoError(t, s.Close())
	files, err := filepath.Glob(c.JournalFile() + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		require.NoError(t, os.Remove(f))
	}
	s = service.New(c, service.Options{})
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	for range 2 { // that it was lost is known the second time too
		_, err = s.Do(t.Context(), "acme", roles(t, "Accountant")[:1], by, nil)
		require.ErrorIs(t, err, userops.ErrLost)
	}
	assert.Equal(t, []int{0, 0, 0, 0}, changes(consoles["acme"]))
	_, freezes, scheduled, err := s.Adopt(t.Context(), "eve")
	require.NoError(t, err)
	assert.Equal(t, 1, freezes)
	assert.Empty(t, scheduled)
	results, err := s.Do(t.Context(), "acme", roles(t, "Accountant")[:1], by, nil)
	require.NoError(t, err)
	assert.Equal(t, userops.Refused, results[0].Outcome, "it is frozen again")
	assert.Equal(t, []int{0, 0, 0, 0}, changes(consoles["acme"]))
}

// TestTimeThatIsOverIsNoFaultOfTheDisk asks for records, and for a change, when the time is over at once.
func TestTimeThatIsOverIsNoFaultOfTheDisk(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for kind, ctx := range map[error]context.Context{userops.ErrTimeout: over, userops.ErrCancelled: stopped} {
		s, _, consoles := serveConfigured(t, "acme")
		_, err := s.Freezes(ctx)
		require.ErrorIs(t, err, kind)
		require.NotErrorIs(t, err, userops.ErrStorage)
		_, err = s.Do(ctx, "acme", roles(t, "Accountant")[:1], by, nil)
		require.ErrorIs(t, err, kind)
		require.NotErrorIs(t, err, userops.ErrStorage)
		assert.Equal(t, []int{0, 0, 0, 0}, changes(consoles["acme"]))
	}
}

// TestAJournalOfWhichAllWasRemovedIsNotLost has the one offboarding that there ever was cancelled, and pruned after
// two years. The audit log still tells of it.
func TestAJournalOfWhichAllWasRemovedIsNotLost(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	s := p.plan(t, noon, by, people[0])[0]
	_, err := p.Unschedule(t.Context(), s.ID, by.By, "not meant")
	require.NoError(t, err)
	p.set(time.Now().AddDate(2, 0, 0)) // what happened has the machine's time
	gone, err := p.PruneEnded(t.Context(), by.By, false)
	require.NoError(t, err)
	assert.Equal(t, int64(1), gone.Schedules)
	all, err := p.Schedules(t.Context(), journal.ScheduleFilter{})
	require.NoError(t, err)
	assert.Empty(t, all)
	_, err = p.another(t).Agenda(t.Context())
	require.NoError(t, err)
}
