package journal_test

import (
	"testing"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEachScheduleIsInOneView has one for each view, and one that changes its view with its tenant.
func TestEachScheduleIsInOneView(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		due := plan(t, j, "acme", "Due@acme.example", noon.Add(time.Hour))
		gone := plan(t, j, "acme", "gone_1@acme.example", noon)
		require.NoError(t, j.Cancel(ctx, gone, "root@test", "", nil))
		waits := plan(t, j, "zeta", "waits@acme.example", noon)
		names := func(v journal.View, f journal.ViewFilter, skip, limit int) (out []string) {
			all, err := j.View(ctx, v, f, noon, skip, limit)
			require.NoError(t, err)
			for _, s := range all {
				out = append(out, s.ID)
			}
			return out
		}
		counts := func(f journal.ViewFilter) map[journal.View]int {
			c, err := j.ViewCounts(ctx, f, noon)
			require.NoError(t, err)
			return c
		}
		before, err := j.LastEvent(ctx)
		require.NoError(t, err)
		assert.Equal(t, []string{waits.ID, due.ID}, names(journal.ViewDue, journal.ViewFilter{}, 0, 9))
		stop := journal.TenantStop{Tenant: "zeta", Failures: 1, Until: noon, Code: "unreachable"}
		require.NoError(t, j.StopTenant(ctx, stop))
		assert.Equal(t, 2, counts(journal.ViewFilter{})[journal.ViewDue], "it is tried again by itself")
		stop.Held = true
		require.NoError(t, j.StopTenant(ctx, stop))
		after, err := j.LastEvent(ctx)
		require.NoError(t, err)
		assert.Equal(t, before+2, after)
		assert.Equal(t, map[journal.View]int{journal.ViewDue: 1, journal.ViewRunning: 0, journal.ViewPerson: 1, journal.ViewDone: 1, journal.ViewAll: 3}, counts(journal.ViewFilter{}))
		all, err := j.View(ctx, journal.ViewPerson, journal.ViewFilter{}, noon, 0, 9)
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.True(t, all[0].Stop.Held)

		for _, c := range []struct {
			f    journal.ViewFilter
			want []string
		}{
			{journal.ViewFilter{Text: "DUE@"}, []string{due.ID}},
			{journal.ViewFilter{Text: "hr-1"}, []string{due.ID, waits.ID, gone.ID}},
			{journal.ViewFilter{Text: "_1"}, []string{gone.ID}},
			{journal.ViewFilter{Text: "%"}, nil},
			{journal.ViewFilter{Text: `\`}, nil},
			{journal.ViewFilter{Tenant: "zeta"}, []string{waits.ID}},
			{journal.ViewFilter{State: journal.Cancelled}, []string{gone.ID}},
			{journal.ViewFilter{Outcome: "done"}, nil},
			{journal.ViewFilter{From: noon.Add(time.Minute)}, []string{due.ID}},
			{journal.ViewFilter{Until: noon.Add(time.Hour)}, []string{waits.ID, gone.ID}},
		} {
			assert.ElementsMatch(t, c.want, names(journal.ViewAll, c.f, 0, 9), "%+v", c.f)
			assert.Equal(t, len(c.want), counts(c.f)[journal.ViewAll], "%+v", c.f)
		}
		assert.Equal(t, []string{waits.ID}, names(journal.ViewAll, journal.ViewFilter{}, 1, 1)[:1])

		future := plan(t, j, "zeta", "future@acme.example", noon.Add(time.Second))
		assert.Equal(t, []string{future.ID, due.ID}, names(journal.ViewDue, journal.ViewFilter{}, 0, 9), "it is due at its time, whatever its tenant waits for now")
		assert.Equal(t, []string{waits.ID}, names(journal.ViewPerson, journal.ViewFilter{}, 0, 9))
	})
}
