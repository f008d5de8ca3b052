package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/netresearch/go-cron"
)

// Recurring is when something is to happen again and again: a cron expression on the clocks of a zone.
type Recurring struct {
	Expression string
	Zone       string // IANA name; empty means UTC

	faces    cron.Schedule // on a clock that is never changed
	location *time.Location
}

// searchYears is how far ahead a time is looked for: 29 February may be eight years away.
const searchYears = 10

var cronForm = cron.MustNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor).WithMaxSearchYears(searchYears)

// either is the bit by which the library says that a field was not restricted.
const either = 1 << 63

// ParseRecurring reads a cron expression: minute, hour, day of the month, month and day of the week, or a word such
// as @daily. The error is an *userops.Error of ErrInput. Refused is an expression that never comes, such as 31
// February; one with both a day of the month and a day of the week, since of programs that read such expressions
// some want both and some one of them; and an interval (@every), since when it began would decide when it comes.
func ParseRecurring(expression, zone string) (Recurring, error) {
	r := Recurring{Expression: strings.Join(strings.Fields(expression), " "), Zone: strings.TrimSpace(zone)}
	const hint = "write minute, hour, day of the month, month and day of the week, as in 30 2 * * *"
	var err error
	if r.location, err = location(r.Zone); err != nil {
		return r, unreadZone(r.Zone, err)
	}
	if strings.Contains(r.Expression, "=") { // the library takes a zone there
		return r, unread(expression, errors.New("the zone does not stand in the expression"), hint)
	}
	parsed, err := cronForm.Parse(r.Expression)
	if err != nil {
		return r, unread(expression, fmt.Errorf("it is no cron expression: %s", wrongIn(r.Expression)), hint)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return r, unread(expression, errors.New("it is an interval and names no time"), hint)
	}
	if spec.Dom&either == 0 && spec.Dow&either == 0 {
		return r, unread(expression, errors.New("it has both a day of the month and a day of the week"), "leave one of them as *")
	}
	spec.Location = time.UTC
	r.faces = spec
	if r.faces.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return r, unread(expression, errors.New("no such day ever comes"), hint)
	}
	return r, nil
}

var fieldNames = []string{"minute", "hour", "day of the month", "month", "day of the week"}

// wrongIn says what keeps an expression from being read. The library's own words are about its options.
func wrongIn(expression string) string {
	fields := strings.Fields(expression)
	switch {
	case len(fields) == 0:
		return "there is none"
	case strings.HasPrefix(expression, "@"):
		return fmt.Sprintf("%.60q is none of @hourly, @daily, @weekly, @monthly and @yearly", expression)
	case len(fields) == 1:
		return "it has 1 field, and there are five"
	case len(fields) != len(fieldNames):
		return fmt.Sprintf("it has %d fields, and there are five", len(fields))
	}
	for i, name := range fieldNames {
		alone := []string{"*", "*", "*", "*", "*"}
		alone[i] = fields[i]
		if _, err := cronForm.Parse(strings.Join(alone, " ")); err != nil {
			return fmt.Sprintf("%.60q is no %s", fields[i], name)
		}
	}
	return "its fields do not go together"
}

// Next is the first time after t. It is counted by what the clocks of the zone show, so that each time that the
// expression names comes once a day: one that comes twice when clocks go back counts the first time, and one that
// does not exist when they go forward is the moment in which they do. The zero time means that none comes any more.
func (r Recurring) Next(t time.Time) time.Time {
	local := t.In(r.location)
	year, month, day := local.Date()
	hour, minute, second := local.Clock()
	face := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	for {
		if face = r.faces.Next(face); face.IsZero() {
			return time.Time{}
		}
		if at := reached(face, r.location); at.After(t) { // otherwise the clocks have gone back since, and it has come
			return at
		}
	}
}

// reached is when the clocks of a place first show a face, or a later one.
func reached(face time.Time, loc *time.Location) time.Time {
	at := face.Add(-furthest).In(loc)
	for {
		_, end := at.ZoneBounds()
		_, offset := at.Zone()
		shown := face.Add(-time.Duration(offset) * time.Second)
		switch {
		case shown.Before(at):
			return at.UTC()
		case end.IsZero() || shown.Before(end):
			return shown.UTC()
		}
		at = end
	}
}
