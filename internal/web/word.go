package web

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/userops"
)

// badge is a word for how far something has come, with more of it beside, and its tone: of a colour, which never says
// more than the words.
type badge struct{ Tone, Word, More string }

var outcomeTones = map[userops.Outcome]string{
	userops.Done: "good", userops.Already: "good", userops.Requested: "wait", userops.Halted: "warn", userops.Refused: "warn",
	userops.Unknown: "bad",
}

// stateOf is how far a schedule has come.
func stateOf(s journal.Schedule, now time.Time) badge {
	switch {
	case s.State == journal.Ended:
		return badge{outcomeTones[s.Outcome], string(s.Outcome), more(s.Code, string(s.Outcome))}
	case s.State == journal.Cancelled:
		return badge{"calm", "cancelled", ""}
	case s.State == journal.Parked:
		return badge{"bad", "needs a person", fmt.Sprintf("%s: %s", s.Outcome, s.Code)}
	case s.State == journal.Underway:
		return badge{"busy", "running", ""}
	case s.At.After(now) && s.Stop != nil && s.Stop.Held:
		return badge{"warn", "scheduled", "its tenant waits for a person"}
	case s.At.After(now): // a tenant that rests is tried again by itself
		return badge{"calm", "scheduled", ""}
	case s.Stop != nil && s.Stop.Held:
		return badge{"bad", "needs a person", string(s.Stop.Code)}
	case s.Stop != nil:
		return badge{"warn", "paused", string(s.Stop.Code)}
	}
	return badge{"wait", "due now", ""}
}

// more is a code, where it says more than the word.
func more(code userops.Code, word string) string {
	if string(code) == word {
		return ""
	}
	return string(code)
}

// operationState is how far an operation has come.
func operationState(o journal.Operation) badge {
	if o.Ended() {
		return badge{outcomeTones[o.Outcome], string(o.Outcome), more(o.Code, string(o.Outcome))}
	}
	return badge{"busy", "running", operationStates[o.State]}
}

var operationStates = map[journal.State]string{
	journal.Requested: "nothing is begun yet", journal.Running: "before its commit", journal.Intent: "at its commit",
	journal.Acted: "committed, and read back", journal.Verified: "read back",
}

func rowOf(s journal.Schedule, now time.Time) row {
	due, zone := dueOf(s)
	out := row{Link: "/schedules/" + s.ID, Email: s.Email, Tenant: s.Tenant, Reason: s.Reason, Due: due, Zone: zone, At: s.At,
		State: stateOf(s, now)}
	if s.State == journal.Pending {
		out.Relative = relative(s.At.Sub(now))
	}
	return out
}

// dueOf is when it is due, on the clocks of the zone in which it was asked for.
func dueOf(s journal.Schedule) (due, zone string) {
	return strings.TrimSuffix(schedule.When{At: s.At, Zone: s.Zone}.String(), " "+s.Zone), s.Zone
}

// relative is how far away a time is.
func relative(d time.Duration) string {
	text := span(d.Abs())
	if d < 0 {
		return text + " ago"
	}
	return "in " + text
}

func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return counted(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return counted(int(d/time.Hour), "hour")
	}
	return counted(int(d/(24*time.Hour)), "day")
}

func validText(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || userops.Unseen(r) {
			return false
		}
	}
	return true
}
