// Package schedule knows what time something is to happen at, and what follows an attempt: a local time in a zone
// becomes an instant, a result becomes what is done next. It looks at what it is given: it has no clock, keeps
// nothing and asks nobody.
package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // where the machine has no zones, as in a small container

	"github.com/billagent/billagent/internal/userops"
)

// When is an instant, and how it was asked for.
type When struct {
	At    time.Time // in UTC
	Zone  string    // IANA name; empty where only an offset was given
	Asked string    // the text as it was given
}

// String is the instant as it was asked for: on the clocks of its zone.
func (w When) String() string {
	loc, err := time.LoadLocation(w.Zone)
	if w.Zone == "" || err != nil {
		return written(w.At.UTC())
	}
	text := written(w.At.In(loc))
	if loc == time.UTC { // its name says its offset
		text = strings.TrimSuffix(text, " +00:00")
	}
	return text + " " + w.Zone
}

// UnclearError is of a local time that its zone's clocks do not show, or show twice. Choices are the instants that
// may be meant.
type UnclearError struct {
	Local, Zone string
	Twice       bool
	Choices     []When
}

// Error implements error: it names the choices in a form that Parse reads.
func (e *UnclearError) Error() string {
	says := "does not exist, since the clocks go forward then"
	if e.Twice {
		says = "comes twice, since the clocks go back then"
	}
	texts := make([]string, len(e.Choices))
	for i, c := range e.Choices {
		texts[i] = fmt.Sprintf("%q", c.Asked)
	}
	return fmt.Sprintf("%s %s in %s: choose %s", e.Local, says, e.Zone, strings.Join(texts, " or "))
}

// The forms of a time, without and with an offset.
var (
	localForms = []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"}
	fixedForms = []string{"2006-01-02 15:04 Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04Z07:00", "2006-01-02 15:04:05Z07:00",
		"2006-01-02T15:04Z07:00", time.RFC3339}
)

// written is a time with its offset, in a form that Parse reads.
func written(t time.Time) string {
	if t.Second() != 0 {
		return t.Format("2006-01-02 15:04:05 -07:00")
	}
	return t.Format("2006-01-02 15:04 -07:00")
}

// Parse reads a time: on the clocks of a zone, named as the IANA does, or with an offset. Where both are given the
// offset must be one that the zone has then. The error is an *userops.Error of ErrInput; it wraps an *UnclearError
// where the zone's clocks do not say which instant is meant.
func Parse(text, zone string) (When, error) {
	text, zone = strings.Join(strings.Fields(text), " "), strings.TrimSpace(zone)
	w := When{Zone: zone, Asked: text}
	loc, err := location(zone)
	if err != nil {
		return w, unreadZone(zone, err)
	}
	for _, form := range fixedForms {
		t, err := time.Parse(form, text)
		if err != nil {
			continue
		}
		w.At = t.UTC()
		_, given := t.Zone()
		if _, has := t.In(loc).Zone(); zone != "" && has != given {
			return w, unread(text, fmt.Errorf("the clocks of %s show %s then", zone, written(t.In(loc))), "correct the time or its offset")
		}
		return w, nil
	}
	for _, form := range localForms {
		t, err := time.Parse(form, text) // the clock's face as if it were in UTC
		if err != nil {
			continue
		}
		if zone == "" {
			return w, unread(text, errors.New("neither a zone nor an offset says which clock shows it"), "name the zone, as in America/New_York, or write the offset behind the time, as in 17:00 -05:00")
		}
		w.At, err = instant(t, loc, zone)
		if err != nil {
			return w, unread(text, err, "write the time with the offset that is meant")
		}
		return w, nil
	}
	return w, unread(text, errors.New("it is no date with a time, or there is no such day"), "write it as in 2026-12-04 17:00, or 2026-12-04 17:00 -05:00")
}

// ZoneFor is the zone that holds for a time where none is named: none for one with an offset, which need not be
// that of the zone.
func ZoneFor(text, fallback string) string {
	if _, err := Parse(text, ""); err == nil {
		return ""
	}
	return fallback
}

// CheckZone says why a zone cannot be read; empty is UTC. The error is an *userops.Error of ErrInput.
func CheckZone(zone string) error {
	if _, err := location(strings.TrimSpace(zone)); err != nil {
		return unreadZone(zone, err)
	}
	return nil
}

func unread(what string, why error, hint string) error {
	return &userops.Error{Act: "reading the time", Target: quoted(what), Kind: userops.ErrInput, Cause: why, Hint: hint}
}

func unreadZone(zone string, why error) error {
	return &userops.Error{Act: "reading the zone", Target: quoted(zone), Kind: userops.ErrInput, Cause: why, Hint: "name it as in America/New_York, Europe/Berlin or UTC"}
}

func quoted(what string) string {
	if len(what) > 60 {
		what = what[:60] + "…"
	}
	return fmt.Sprintf("%q", what)
}

// location takes only names that mean one place's clocks: an abbreviation such as EST means a fixed offset to Go
// and the clocks of a place, which are not always on it, to people; and the machine's own zone is not what another
// person means.
func location(zone string) (*time.Location, error) {
	if zone == "" || zone == "UTC" {
		return time.UTC, nil
	}
	if !strings.Contains(zone, "/") || strings.HasPrefix(zone, "/") {
		return nil, errors.New("it is no zone's name")
	}
	return time.LoadLocation(zone)
}

// furthest is how far a local time may be from the same face in UTC, a day that a zone left out included (Samoa,
// 2011-12-30).
const furthest = 40 * time.Hour

// instant is the one at which the clocks of a place show face. Those that show it are looked for in each span in
// which the place keeps one offset.
func instant(face time.Time, loc *time.Location, zone string) (time.Time, error) {
	var shown, skipped []time.Time
	for at := face.Add(-furthest).In(loc); at.Before(face.Add(furthest)); {
		start, end := at.ZoneBounds()
		_, offset := at.Zone()
		t := face.Add(-time.Duration(offset) * time.Second)
		if (start.IsZero() || !t.Before(start)) && (end.IsZero() || t.Before(end)) {
			shown = append(shown, t)
		}
		if end.IsZero() {
			break
		}
		_, next := end.Zone()
		after := face.Add(-time.Duration(next) * time.Second)
		if !t.Before(end) && after.Before(end) { // the first offset says it is past the change, the next that it is not there yet
			skipped = append(skipped, after, t)
		}
		at = end
	}
	if len(shown) == 1 {
		return shown[0].UTC(), nil
	}
	e := &UnclearError{Local: strings.TrimSuffix(face.Format("2006-01-02 15:04:05"), ":00"), Zone: zone, Twice: len(shown) > 1}
	choices := append(shown, skipped...)
	slices.SortFunc(choices, time.Time.Compare)
	for _, t := range choices {
		e.Choices = append(e.Choices, When{At: t.UTC(), Zone: zone, Asked: written(t.In(loc))})
	}
	return time.Time{}, e
}

// Past says whether an instant has passed.
func (w When) Past(now time.Time) bool { return !w.At.After(now) }
