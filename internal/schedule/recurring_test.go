package schedule_test

import (
	"testing"
	"time"

	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatRecursComesOnceForEachTimeThatClocksShow goes over the days on which clocks are changed in three zones,
// one of them by half an hour, and over leap days: the times after begin, as their UTC says.
func TestWhatRecursComesOnceForEachTimeThatClocksShow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expression, zone, begin string
		want                    []string
	}{
		// Forward: 02:30 is not shown, and comes as the clocks go from 02:00 to 03:00.
		{"30 2 * * *", "America/New_York", "2027-03-13T08:00:00Z", []string{"2027-03-14T07:00:00Z", "2027-03-15T06:30:00Z"}},
		{"30 2 * * *", "Europe/Berlin", "2027-03-27T02:00:00Z", []string{"2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"}},
		{"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", []string{"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"}},
		// What is named twice within the hour that is left out is one moment.
		{"0,30 2,3 * * *", "America/New_York", "2027-03-14T06:00:00Z", []string{"2027-03-14T07:00:00Z", "2027-03-14T07:30:00Z", "2027-03-15T06:00:00Z"}},
		// Back: 01:30 is shown twice, and comes the first time.
		{"30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", []string{"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"}},
		{"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", []string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		{"45 1 * * *", "Australia/Lord_Howe", "2027-04-03T00:00:00Z", []string{"2027-04-03T14:45:00Z", "2027-04-04T15:15:00Z"}},
		// From within the hour that is shown the second time.
		{"30 1 * * *", "America/New_York", "2026-11-01T06:10:00Z", []string{"2026-11-02T06:30:00Z"}},
		{"0 * * * *", "America/New_York", "2026-11-01T04:30:00Z", []string{"2026-11-01T05:00:00Z", "2026-11-01T07:00:00Z"}},
		{"0 * * * *", "America/New_York", "2027-03-14T06:30:00Z", []string{"2027-03-14T07:00:00Z", "2027-03-14T08:00:00Z"}},
		{"0 10 * * *", "Pacific/Apia", "2011-12-29T21:00:00Z", []string{"2011-12-30T10:00:00Z", "2011-12-30T20:00:00Z"}},
		// Leap days, also over 2100, which has none.
		{"0 12 29 2 *", "", "2026-11-26T00:00:00Z", []string{"2028-02-29T12:00:00Z", "2032-02-29T12:00:00Z"}},
		{"0 12 29 2 *", "UTC", "2096-03-01T00:00:00Z", []string{"2104-02-29T12:00:00Z"}},
		{"0 6 31 * *", "UTC", "2026-11-26T00:00:00Z", []string{"2026-12-31T06:00:00Z", "2027-01-31T06:00:00Z", "2027-03-31T06:00:00Z"}},
		{"0 8 * * MON", "Europe/Berlin", "2026-11-26T00:00:00Z", []string{"2026-11-30T07:00:00Z", "2026-12-07T07:00:00Z"}},
		{"@hourly", "UTC", "2026-11-26T00:00:00Z", []string{"2026-11-26T01:00:00Z"}},
	} {
		r, err := schedule.ParseRecurring(c.expression, c.zone)
		require.NoError(t, err, c.expression)
		at, err := time.Parse(time.RFC3339, c.begin)
		require.NoError(t, err)
		for _, want := range c.want {
			at = r.Next(at)
			assert.Equal(t, want, at.Format(time.RFC3339), "%s %s after %s", c.expression, c.zone, c.begin)
		}
	}
}

// TestEveryMomentHasOneNext walks through a spring and an autumn in steps of 7 min: what comes next is later than
// now, and never goes back.
func TestEveryMomentHasOneNext(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"America/New_York", "Europe/Berlin", "Australia/Lord_Howe"} {
		for _, expression := range []string{"30 2 * * *", "*/10 1-3 * * *", "0 * * * *", "* * * * *"} {
			r, err := schedule.ParseRecurring(expression, zone)
			require.NoError(t, err)
			for _, month := range []time.Month{time.March, time.April, time.October, time.November} {
				last := time.Time{}
				for at := time.Date(2027, month, 1, 0, 0, 0, 0, time.UTC); at.Month() == month; at = at.Add(7 * time.Minute) {
					next := r.Next(at)
					require.True(t, next.After(at), "%s %s: %s after %s", expression, zone, next, at)
					require.False(t, next.Before(last), "%s %s: %s after %s", expression, zone, next, last)
					if last.After(at) {
						require.Equal(t, last, next, "%s %s at %s", expression, zone, at)
					}
					last = next
				}
			}
		}
	}
}

func TestAnExpressionThatSaysNoTimeIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expression, zone, says string }{
		{"0 0 31 2 *", "UTC", "no such day ever comes"},
		{"0 0 30 2 *", "Europe/Berlin", "no such day ever comes"},
		{"0 0 1 * MON", "UTC", "both a day of the month and a day of the week"},
		{"@every 1h", "UTC", "an interval"},
		{"CRON_TZ=Europe/Berlin 0 0 * * *", "UTC", "the zone does not stand in the expression"},
		{"0 0 * *", "UTC", "no cron expression: it has 4 fields, and there are five"},
		{"0 0 * * * *", "UTC", "no cron expression: it has 6 fields, and there are five"},
		{"60 0 * * *", "UTC", `no cron expression: "60" is no minute`},
		{"0 0 L * *", "UTC", `no cron expression: "L" is no day of the month`},
		{"0 0 * * MON#1", "UTC", `no cron expression: "MON#1" is no day of the week`},
		{"H H * * *", "UTC", `no cron expression: "H" is no minute`},
		{"0 24 * 13 *", "UTC", `no cron expression: "24" is no hour`},
		{"", "UTC", "no cron expression: there is none"},
		{"nightly", "UTC", "no cron expression: it has 1 field, and there are five"},
		{"@nightly", "UTC", `no cron expression: "@nightly" is none of @hourly, @daily, @weekly, @monthly and @yearly`},
		{"0 0 * * *", "EST", "no zone's name"},
		{"0 0 * * *", "Europe/Atlantis", "unknown time zone"},
	} {
		_, err := schedule.ParseRecurring(c.expression, c.zone)
		require.ErrorIs(t, err, userops.ErrInput, "%q", c.expression)
		assert.ErrorContains(t, err, c.says)
		for _, jargon := range []string{"spec", "Dom", "option", "descriptor", "expressions require"} { // the library's
			assert.NotContains(t, err.Error(), jargon)
		}
	}
}
