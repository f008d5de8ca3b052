package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
)

// fact is a line of what is known of something.
type fact struct{ Name, Text string }

// verdict says why something ended, or cannot go on, and what can be done.
type verdict struct {
	State            badge
	Meaning, Because string
	Hint             string
	Code             userops.Code
}

type happened struct {
	At           time.Time
	What, By     string
	Outcome      string
	Detail, Link string
}

type scheduleView struct {
	frame
	One       journal.Schedule
	State     badge
	Due, Zone string
	Relative  string
	Verdict   *verdict
	Notice    *notice
	Said      string // what has just been done
	Facts     []fact
	History   []happened
	Operation *operationView
	Alters    bool // it can be cancelled or given another time, by whoever looks
}

// found is the schedule of a request: by its whole id, since one that begins another way would be another page.
func (s *Site) found(r *http.Request) (journal.Schedule, error) {
	id := r.PathValue("id")
	one, err := s.Service.ScheduleOf(r.Context(), id)
	if err == nil && one.ID != id {
		err = fmt.Errorf("%w: %q", journal.ErrNoSchedule, id)
	}
	return one, err
}

func (s *Site) schedule(w http.ResponseWriter, r *http.Request, who *person) error {
	event, err := s.Service.LastEvent(r.Context()) // before what it tells of
	if err != nil {
		return err
	}
	one, err := s.found(r)
	if err != nil {
		return err
	}
	now := s.Now()
	due, zone := dueOf(one)
	page := scheduleView{frame: frame{Title: visible(one.Email), Who: who}, One: one, State: stateOf(one, now), Due: due, Zone: zone,
		Facts: scheduleFacts(one), History: historyOf(one), Alters: who.Acts && service.Alterable(one, who.Email, "altering") == nil, Said: said(r.URL.Query().Get("said"), one)}
	if one.State == journal.Pending {
		page.Relative = relative(one.At.Sub(now))
	}
	if one.Stop != nil {
		n := stopNotice(*one.Stop, who)
		page.Notice = &n
	}
	if one.Outcome != "" {
		page.Verdict = verdictOf(page.State, one.Outcome, one.Code, one.Because, one.Hint)
	}
	if one.Operation != "" {
		if page.Operation, err = s.operationPart(r.Context(), one.Operation); err != nil {
			return err
		}
	}
	if one.Open() {
		seconds := map[bool]int{true: 5, false: 30}[one.State == journal.Underway]
		page.live(r, progressOf(event, page.Operation), seconds)
	}
	s.render(w, http.StatusOK, "schedule", page)
	return nil
}

// unsettled says that an attempt has ended without anybody knowing what came of it, whatever was asked for since: one
// that was given another time is pending again, and has no outcome of its own.
func unsettled(one journal.Schedule) bool {
	return slices.ContainsFunc(one.History, func(e journal.ScheduleEvent) bool { return e.Outcome == userops.Unknown })
}

// said is what a form has just done, in words, if it is still so.
func said(what string, one journal.Schedule) string {
	switch {
	case what == "cancelled" && one.State == journal.Cancelled:
		if unsettled(one) {
			return "It is cancelled. Whether the user still has access is not known: look in the console."
		}
		return "It is cancelled: it is not begun any more."
	case what == "rescheduled" && len(one.History) > 0:
		due, zone := dueOf(one)
		return "It has another time: " + strings.TrimSpace(due+" "+zone) + "."
	}
	return ""
}

func verdictOf(state badge, outcome userops.Outcome, code userops.Code, because, hint string) *verdict {
	v := &verdict{State: state, Because: because, Hint: sentence(hint), Code: code}
	v.Meaning = outcomeMeanings[outcome]
	var reason *userops.Reason
	if errors.As(userops.ReasonFor(code), &reason) && v.Hint == "" {
		v.Hint = sentence(reason.Remedy)
	}
	return v
}

var outcomeMeanings = map[userops.Outcome]string{
	userops.Done:      "It was done, and a fresh look at the list has shown it.",
	userops.Already:   "It was so before anything was done.",
	userops.Requested: "It was accepted, and a second administrator must approve it.",
	userops.Halted:    "It was stopped before its commit: nothing was changed.",
	userops.Refused:   "A guard has said no: nothing was changed.",
	userops.Unknown:   "It was tried, and what came of it is not known: a person must look.",
}

func scheduleFacts(s journal.Schedule) (out []fact) {
	add := func(name, text string) {
		if text != "" {
			out = append(out, fact{name, text})
		}
	}
	add("Tenant", s.Tenant)
	add("Reason", s.Reason)
	add("Asked for by", s.RequestedBy)
	add("On behalf of", s.OnBehalfOf)
	add("Asked for as", strings.TrimSpace(s.Asked+" "+s.Zone))
	if s.Limit > 0 {
		add("Limit", counted(s.Limit, "deactivation")+" within an hour")
	}
	if s.Tries > 0 {
		add("Failed so far", counted(s.Tries, "attempt"))
	}
	if late := time.Duration(s.LateMS) * time.Millisecond; s.Operation != "" && late >= time.Second {
		add("Late by", late.Round(time.Second).String())
	}
	add("Schedule", s.ID)
	return out
}

var eventWords = map[journal.EventKind]string{
	journal.EventScheduled: "Scheduled", journal.EventRescheduled: "Given another time", journal.EventCancelled: "Cancelled",
	journal.EventBegun: "Begun", journal.EventPutBack: "Put back, to be tried again", journal.EventEnded: "Ended",
	journal.EventParked: "Parked: needs a person",
}

func historyOf(s journal.Schedule) (out []happened) {
	for _, e := range s.History {
		h := happened{At: e.At, What: eventWords[e.What], By: e.By, Detail: e.Detail}
		h.Outcome = strings.TrimSpace(string(e.Outcome) + " " + more(e.Code, string(e.Outcome)))
		if h.What == "" {
			h.What = string(e.What)
		}
		if e.Op != "" {
			h.Link = "/operations/" + url.PathEscape(e.Op)
		}
		out = append(out, h)
	}
	return out
}

// progressOf is where it is told what happens after an event, and to an operation as it is shown.
func progressOf(event int64, of *operationView) string {
	q := url.Values{"after": {fmt.Sprint(event)}}
	if of != nil && !of.Op.Ended() {
		q.Set("op", of.Op.ID)
		q.Set("at", fmt.Sprint(of.Op.UpdatedAt.UnixMicro()))
	}
	return "/progress?" + q.Encode()
}

// operationPart is an operation as it stands below its schedule.
func (s *Site) operationPart(ctx context.Context, id string) (*operationView, error) {
	o, err := s.Service.Operation(ctx, id)
	if errors.Is(err, journal.ErrNoOperation) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.operationView(o), nil
}
