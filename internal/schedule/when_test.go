package schedule_test

import (
	"errors"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALocalTimeBecomesAnInstant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, zone, want string }{
		{"2026-12-04 17:00", "America/New_York", "2026-12-04T22:00:00Z"},
		{"2026-07-03 17:00", "America/New_York", "2026-07-03T21:00:00Z"},
		{"2026-12-04 17:00", "Europe/Berlin", "2026-12-04T16:00:00Z"},
		{"2026-12-04T17:00:30", "Australia/Lord_Howe", "2026-12-04T06:00:30Z"},
		{"2028-02-29 12:00", "Europe/Berlin", "2028-02-29T11:00:00Z"},
		{" 2026-12-04  17:00 ", "UTC", "2026-12-04T17:00:00Z"},
		{"2026-11-01 00:59", "America/New_York", "2026-11-01T04:59:00Z"},
		{"2026-11-01 02:00", "America/New_York", "2026-11-01T07:00:00Z"},
		{"2027-03-14 01:59", "America/New_York", "2027-03-14T06:59:00Z"},
		{"2027-03-14 03:00", "America/New_York", "2027-03-14T07:00:00Z"},
		{"2011-12-31 10:00", "Pacific/Apia", "2011-12-30T20:00:00Z"},
		// With an offset no clock's face is in question.
		{"2026-11-01 01:30 -04:00", "America/New_York", "2026-11-01T05:30:00Z"},
		{"2026-11-01 01:30 -05:00", "America/New_York", "2026-11-01T06:30:00Z"},
		{"2026-11-01 01:30 -05:00", "", "2026-11-01T06:30:00Z"},
		{"2026-12-04T17:00:00+01:00", "Europe/Berlin", "2026-12-04T16:00:00Z"},
		{"2026-12-04T17:00:00Z", "", "2026-12-04T17:00:00Z"},
	} {
		w, err := schedule.Parse(c.text, c.zone)
		require.NoError(t, err, "%s %s", c.text, c.zone)
		assert.Equal(t, c.want, w.At.Format(time.RFC3339), "%s %s", c.text, c.zone)
	}
}

// TestAnUnclearTimeNamesItsChoices holds the days on which clocks are put forward and back in three zones, one of
// them by half an hour, and the day that a zone left out. Each choice is read as the instant that it stands for.
func TestAnUnclearTimeNamesItsChoices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, zone string
		twice      bool
		want       []string
	}{
		{"2027-03-14 02:30", "America/New_York", false, []string{"2027-03-14 01:30 -05:00", "2027-03-14 03:30 -04:00"}},
		{"2027-03-14 02:00", "America/New_York", false, []string{"2027-03-14 01:00 -05:00", "2027-03-14 03:00 -04:00"}},
		{"2026-11-01 01:30", "America/New_York", true, []string{"2026-11-01 01:30 -04:00", "2026-11-01 01:30 -05:00"}},
		{"2026-11-01 01:00", "America/New_York", true, []string{"2026-11-01 01:00 -04:00", "2026-11-01 01:00 -05:00"}},
		{"2027-03-28 02:30", "Europe/Berlin", false, []string{"2027-03-28 01:30 +01:00", "2027-03-28 03:30 +02:00"}},
		{"2026-10-25 02:59:59", "Europe/Berlin", true, []string{"2026-10-25 02:59:59 +02:00", "2026-10-25 02:59:59 +01:00"}},
		{"2026-10-04 02:15", "Australia/Lord_Howe", false, []string{"2026-10-04 01:45 +10:30", "2026-10-04 02:45 +11:00"}},
		{"2027-04-04 01:45", "Australia/Lord_Howe", true, []string{"2027-04-04 01:45 +11:00", "2027-04-04 01:45 +10:30"}},
		{"2011-12-30 10:00", "Pacific/Apia", false, []string{"2011-12-29 10:00 -10:00", "2011-12-31 10:00 +14:00"}},
	} {
		_, failed := schedule.Parse(c.text, c.zone)
		require.ErrorIs(t, failed, userops.ErrInput, "%s %s", c.text, c.zone)
		var unclear *schedule.UnclearError
		require.True(t, errors.As(failed, &unclear), "%s %s: %v", c.text, c.zone, failed)
		assert.Equal(t, c.twice, unclear.Twice)
		var got []string
		for _, w := range unclear.Choices {
			got = append(got, w.Asked)
			again, err := schedule.Parse(w.Asked, c.zone)
			require.NoError(t, err)
			assert.Equal(t, w.At, again.At)
			assert.ErrorContains(t, failed, w.Asked)
		}
		assert.Equal(t, c.want, got, "%s %s", c.text, c.zone)
	}
}

func TestWhatIsNoTimeIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, zone, says string }{
		{"2027-02-29 12:00", "Europe/Berlin", "no such day"},
		{"2026-12-04", "Europe/Berlin", "no date with a time"},
		{"tomorrow", "Europe/Berlin", "no date with a time"},
		{"", "Europe/Berlin", "no date with a time"},
		{"2026-12-04 17:00", "", "neither a zone nor an offset"},
		{"2026-12-04 17:00", "EST", "no zone's name"},
		{"2026-12-04 17:00", "Local", "no zone's name"},
		{"2026-12-04 17:00", "Europe/Atlantis", "unknown time zone"},
		{"2026-12-04 17:00", "../../etc/passwd", "invalid location"},
		{"2026-12-04 17:00 -04:00", "America/New_York", "the clocks of America/New_York show 2026-12-04 16:00 -05:00 then"},
	} {
		_, err := schedule.Parse(c.text, c.zone)
		require.ErrorIs(t, err, userops.ErrInput, "%s %s", c.text, c.zone)
		assert.Contains(t, err.Error()+userops.HintOf(err), c.says)
	}
}

func TestAnInstantIsWrittenAsItWasAskedFor(t *testing.T) {
	t.Parallel()
	w, err := schedule.Parse("2026-12-04 17:00", "America/New_York")
	require.NoError(t, err)
	assert.Equal(t, "2026-12-04 17:00 -05:00 America/New_York", w.String())
	w, err = schedule.Parse("2026-12-04 17:00 -05:00", "")
	require.NoError(t, err)
	assert.Equal(t, "2026-12-04 22:00 +00:00", w.String())
	w, err = schedule.Parse("2026-12-04 17:00", "UTC")
	require.NoError(t, err)
	assert.Equal(t, "2026-12-04 17:00 UTC", w.String(), "UTC is said once")
	w, err = schedule.Parse("2026-12-04 17:00", "Europe/London")
	require.NoError(t, err)
	assert.Equal(t, "2026-12-04 17:00 +00:00 Europe/London", w.String())
}
