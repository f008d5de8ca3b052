package notify

import (
	"testing"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
)

func TestWhatAMessageIsAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		e    journal.ScheduleEvent
		kind Kind
	}{
		{journal.ScheduleEvent{What: journal.EventScheduled}, Scheduled},
		{journal.ScheduleEvent{What: journal.EventRescheduled}, Scheduled},
		{journal.ScheduleEvent{What: journal.EventCancelled}, Cancelled},
		{journal.ScheduleEvent{What: journal.EventBegun, LateMS: 60_000}, ""},
		{journal.ScheduleEvent{What: journal.EventBegun, LateMS: 60_001}, Late},
		{journal.ScheduleEvent{What: journal.EventBegun, LateMS: 90_000, LateBefore: time.Minute}, Late},
		{journal.ScheduleEvent{What: journal.EventBegun, LateMS: 90_000, LateBefore: time.Minute + 1}, ""},
		{journal.ScheduleEvent{What: journal.EventEnded, Outcome: userops.Done}, Done},
		{journal.ScheduleEvent{What: journal.EventEnded, Outcome: userops.Already}, Done},
		{journal.ScheduleEvent{What: journal.EventEnded, Outcome: userops.Requested}, NeedsPerson},
		{journal.ScheduleEvent{What: journal.EventParked, Outcome: userops.Unknown}, Unknown},
		{journal.ScheduleEvent{What: journal.EventParked}, Unknown},
		{journal.ScheduleEvent{What: journal.EventParked, Outcome: userops.Halted, Code: "no_such_user"}, Failed},
		{journal.ScheduleEvent{What: journal.EventParked, Outcome: userops.Halted, Code: "late"}, Late},
		{journal.ScheduleEvent{What: journal.EventParked, Outcome: userops.Refused, Code: "limit"}, Guard},
		{journal.ScheduleEvent{What: journal.EventHeld, Code: "second_factor"}, NeedsPerson},
		{journal.ScheduleEvent{What: journal.EventHeld, Code: "drift"}, Drift},
		{journal.ScheduleEvent{What: journal.EventHeld, Code: "unknown_ui"}, Drift},
		{journal.ScheduleEvent{What: journal.EventPaused, Failures: 2}, ""},
		{journal.ScheduleEvent{What: journal.EventPaused, Failures: 3}, CircuitOpen},
		{journal.ScheduleEvent{What: journal.EventPaused, Failures: 4}, ""},
		{journal.ScheduleEvent{What: journal.EventPutBack, Outcome: userops.Halted}, ""},
		{journal.ScheduleEvent{What: journal.EventResumed}, ""},
		{journal.ScheduleEvent{What: journal.EventNotTold}, NotTold},
		{journal.ScheduleEvent{What: journal.EventDigest}, Digest},
		{journal.ScheduleEvent{What: journal.EventRunsOut}, RunsOut},
		{journal.ScheduleEvent{What: journal.EventChecked, Code: "still_has_access"}, NeedsPerson},
		{journal.ScheduleEvent{What: journal.EventChecked, Code: "second_factor"}, NeedsPerson},
		{journal.ScheduleEvent{What: journal.EventChecked, Code: "drift"}, Drift},
		{journal.ScheduleEvent{What: journal.EventChecked, Code: "unreachable"}, Failed},
		{journal.ScheduleEvent{What: journal.EventDirect, Outcome: userops.Refused, Code: "limit"}, Guard},
		{journal.ScheduleEvent{What: journal.EventDirect, Outcome: userops.Unknown}, Unknown},
	} {
		assert.Equal(t, c.kind, kindOf(c.e, time.Minute), "%+v", c.e)
	}
}

func TestARestGrowsAndIsBounded(t *testing.T) {
	t.Parallel()
	for failures, most := range map[int]time.Duration{1: 5 * time.Second, 2: 10 * time.Second, 4: 40 * time.Second, 1000: time.Hour} {
		for range 100 {
			d := rest(failures)
			assert.GreaterOrEqual(t, d, most/2)
			assert.Less(t, d, most)
		}
	}
}
