package schedule_test

import (
	"slices"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
)

// TestNothingIsTriedAgainBlindly goes through every outcome with every reason that there is.
func TestNothingIsTriedAgainBlindly(t *testing.T) {
	t.Parallel()
	var first schedule.Before
	never := []string{"drift", "account_locked", "sign_in_refused", "needs_a_person", "second_factor", "other_organisation", "not_meant", "rejected", "ambiguous_user"}
	for _, r := range userops.Reasons() {
		for _, o := range []userops.Outcome{userops.Done, userops.Already, userops.Requested} {
			assert.Equal(t, schedule.End, schedule.After(o, r.Code, first))
		}
		assert.Equal(t, schedule.Park, schedule.After(userops.Unknown, r.Code, first), "%s", r.Code)
		assert.Equal(t, schedule.Park, schedule.After("", r.Code, first), "%s", r.Code)
		refused := schedule.After(userops.Refused, r.Code, first)
		assert.Equal(t, r.Code == "frozen", refused != schedule.Park, "refused: %s", r.Code)
		halted := schedule.After(userops.Halted, r.Code, first)
		if slices.Contains(never, string(r.Code)) {
			assert.NotContains(t, []schedule.Next{schedule.Again, schedule.Later, schedule.End}, halted, "%s", r.Code)
		}
		if halted == schedule.Later {
			assert.Equal(t, schedule.Park, schedule.After(userops.Halted, r.Code, schedule.Before{Failed: schedule.MostTries - 1}), "%s", r.Code)
		}
	}
	assert.Equal(t, schedule.Later, schedule.After(userops.Halted, "unreachable", first))
	for _, code := range []userops.Code{"interrupted", "cancelled"} {
		assert.Equal(t, schedule.Again, schedule.After(userops.Halted, code, schedule.Before{Failed: 100, Interrupted: schedule.MostInterruptions - 2}))
		assert.Equal(t, schedule.Park, schedule.After(userops.Halted, code, schedule.Before{Interrupted: schedule.MostInterruptions - 1}), "not without end")
	}
	assert.Equal(t, schedule.Again, schedule.After(userops.Refused, "frozen", schedule.Before{Interrupted: 100}), "until the thaw")
	assert.Equal(t, schedule.Hold, schedule.After(userops.Halted, "drift", first))
	assert.Equal(t, schedule.Park, schedule.After(userops.Halted, "no_such_user", first))
}

func TestATenantRestsLongerEachTimeAndNotForever(t *testing.T) {
	t.Parallel()
	for n, most := range map[int]time.Duration{0: 5 * time.Second, 1: 5 * time.Second, 2: 10 * time.Second, 3: 20 * time.Second, 100: 10 * time.Minute} {
		for range 100 {
			d := schedule.Rest(n)
			assert.GreaterOrEqual(t, d, most/2)
			assert.Less(t, d, most)
		}
	}
}
