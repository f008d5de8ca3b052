package notify

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/userops"
)

// Kind is what a message is about. The words are a contract.
type Kind string

// The kinds.
const (
	Scheduled   Kind = "scheduled"
	Cancelled   Kind = "cancelled"
	Done        Kind = "done"
	Late        Kind = "late"
	NeedsPerson Kind = "needs_person"
	Failed      Kind = "failed"
	Guard       Kind = "guard"
	Unknown     Kind = "unknown"
	Drift       Kind = "drift"
	CircuitOpen Kind = "circuit_open"
	NotTold     Kind = Kind(journal.EventNotTold)
	RunsOut     Kind = Kind(journal.EventRunsOut)
	Digest      Kind = Kind(journal.EventDigest)
)

var titles = map[Kind]string{
	Scheduled:   "An offboarding is scheduled",
	Cancelled:   "A scheduled offboarding was cancelled",
	Done:        "An offboarding is done",
	Late:        "An offboarding is late",
	NeedsPerson: "Something needs a person",
	Failed:      "An offboarding has failed and is not tried again",
	Guard:       "An offboarding was refused by a guard",
	Unknown:     "It is not known whether an offboarding was done: a person must look",
	Drift:       "The console has changed: a person must look",
	CircuitOpen: "A tenant keeps failing and rests",
	NotTold:     "Messages to another receiver were given up",
	RunsOut:     "A credential, or a console's trust in this device, runs out",
	Digest:      "How things stand",
}

// otherTitles are of what was not scheduled.
var otherTitles = map[journal.EventKind]map[Kind]string{
	journal.EventChecked: {NeedsPerson: "A look that recurs has found what needs a person", Failed: "A look that recurs could not be made, and is made at its next time"},
	journal.EventDirect:  {Guard: "A change was refused by a guard", Unknown: "It is not known whether a change was done: a person must look"},
}

// Kinds are all there are, sorted.
func Kinds() []Kind { return slices.Sorted(maps.Keys(titles)) }

// kindOf is what a message about something that happened is about; empty: nobody is told.
func kindOf(e journal.ScheduleEvent, grace time.Duration) Kind {
	drift := e.Code == userops.CodeOf(userops.ErrDrift) || e.Code == userops.CodeOf(userops.ErrUnknownUI)
	switch e.What {
	case journal.EventScheduled, journal.EventRescheduled:
		return Scheduled
	case journal.EventCancelled:
		return Cancelled
	case journal.EventBegun:
		if time.Duration(e.LateMS)*time.Millisecond > grace && e.LateBefore <= grace { // told once, however often it is tried
			return Late
		}
	case journal.EventEnded:
		if e.Outcome == userops.Requested { // a second administrator has to approve it
			return NeedsPerson
		}
		return Done
	case journal.EventParked:
		switch {
		case e.Outcome == userops.Refused:
			return Guard
		case e.Outcome != userops.Halted:
			return Unknown
		case e.Code == userops.CodeOf(userops.ErrLate):
			return Late
		case drift:
			return Drift
		}
		return Failed
	case journal.EventHeld:
		if drift {
			return Drift
		}
		return NeedsPerson
	case journal.EventPaused:
		if e.Failures == schedule.Open { // told once: further failures only make the rest longer
			return CircuitOpen
		}
	case journal.EventDirect:
		if e.Outcome == userops.Refused {
			return Guard
		}
		return Unknown
	case journal.EventChecked:
		return checkedKind(e.Code, drift)
	case journal.EventNotTold, journal.EventRunsOut, journal.EventDigest:
		return Kind(e.What)
	}
	return ""
}

// checkedKind is what a message about a look that recurs is about.
func checkedKind(code userops.Code, drift bool) Kind {
	switch {
	case drift:
		return Drift
	case code == userops.CodeOf(userops.ErrStillAccess), schedule.After(userops.Halted, code, schedule.Before{}) == schedule.Hold:
		return NeedsPerson
	}
	return Failed
}

// Message is what a receiver is told, and what its templates may use. There is no free text of a page, a server or
// a person in it: it might hold what is nobody's business.
type Message struct {
	ID        string    `json:"id"`
	Kind      Kind      `json:"kind"`
	Title     string    `json:"title"`
	At        time.Time `json:"at"` // when it happened
	Tenant    string    `json:"tenant,omitempty"`
	Schedule  string    `json:"schedule,omitempty"`
	Due       string    `json:"due,omitempty"`
	Email     string    `json:"email,omitempty"` // only where the receiver's configuration says so
	Op        string    `json:"op,omitempty"`
	Outcome   string    `json:"outcome,omitempty"`
	Code      string    `json:"code,omitempty"`
	Meaning   string    `json:"meaning,omitempty"` // of the code
	Remedy    string    `json:"remedy,omitempty"`  // what can be done
	Late      string    `json:"late,omitempty"`
	Receiver  string    `json:"receiver,omitempty"`  // whose messages were given up
	Recurring string    `json:"recurring,omitempty"` // the name of what recurs
	Detail    string    `json:"detail,omitempty"`    // how many, or when
	Text      string    `json:"text"`                // what the receiver's template makes of it
}

func messageOf(d journal.Delivery, r config.Receiver) Message {
	e := d.Event
	m := Message{ID: d.ID, Kind: Kind(d.Kind), Title: titles[Kind(d.Kind)], At: e.At, Tenant: e.Tenant, Schedule: e.Schedule, Op: e.Op,
		Outcome: string(e.Outcome), Code: string(e.Code), Receiver: e.Receiver, Recurring: e.Recurring}
	if title := otherTitles[e.What][m.Kind]; title != "" {
		m.Title = title
	}
	if !e.Due.IsZero() {
		m.Due = e.Due.Format(time.RFC3339)
	}
	if r.ShowEmail {
		m.Email = e.Email
	}
	if e.LateMS > 0 {
		m.Late = (time.Duration(e.LateMS) * time.Millisecond).Round(time.Second).String()
	}
	switch e.What { // of the others it is a reason, which may quote anybody
	case journal.EventNotTold, journal.EventChecked, journal.EventDigest, journal.EventRunsOut:
		m.Detail = e.Detail
	}
	var why *userops.Reason
	if errors.As(userops.ReasonFor(e.Code), &why) {
		m.Meaning, m.Remedy = why.Meaning, why.Remedy
	}
	return m
}

const defaultSubject = "[billagent] {{.Title}}{{with .Tenant}} ({{.}}){{end}}"

const defaultText = `{{.Title}}.
{{with .Tenant}}Tenant: {{.}}
{{end}}{{with .Email}}User: {{.}}
{{end}}{{with .Schedule}}Scheduled offboarding: {{.}}
{{end}}{{with .Due}}Due: {{.}}
{{end}}{{with .Late}}Late by: {{.}}
{{end}}{{with .Op}}Operation: {{.}}
{{end}}{{with .Outcome}}Outcome: {{.}}
{{end}}{{if .Meaning}}Reason: {{.Meaning}} ({{.Code}})
{{end}}{{with .Remedy}}What can be done: {{.}}
{{end}}{{with .Recurring}}Recurring: {{.}}
{{end}}{{with .Receiver}}Receiver: {{.}}
{{end}}{{with .Detail}}{{.}}
{{end}}At: {{.At.Format "2006-01-02T15:04:05Z07:00"}}
`

// texts makes the words of messages.
type texts struct{ subject, text *template.Template }

func newTexts(r config.Receiver) (t texts, err error) {
	parse := func(key, given, otherwise string) *template.Template {
		if given == "" {
			given = otherwise
		}
		parsed, fault := template.New(key).Parse(given)
		if fault != nil && err == nil {
			err = fault
		}
		return parsed
	}
	t = texts{parse("subject", r.Subject, defaultSubject), parse("text", r.Text, defaultText)}
	if err != nil {
		return t, err
	}
	for _, k := range Kinds() { // a fault may show in a branch that few messages take
		m := Message{Kind: k, Title: titles[k], Tenant: "acme", Code: "drift", At: time.Unix(0, 0)}
		if _, err := made(t.subject, m, mostSubject); err != nil {
			return t, err
		}
		if _, err := made(t.text, m, mostText); err != nil {
			return t, err
		}
	}
	return t, nil
}

// Bounds of what a template may make, in bytes: Slack cuts at 40,000 characters.
const (
	mostSubject = 300
	mostText    = 16_000
)

func made(t *template.Template, m Message, most int) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, m); err != nil {
		return "", err
	}
	out := strings.ToValidUTF8(b.String(), "\uFFFD")
	if len(out) > most {
		out = strings.ToValidUTF8(out[:most], "") + "…"
	}
	return out, nil
}

// Check says what of the receivers is not right that their keys alone do not tell: unknown kinds and tenants,
// templates.
func Check(c *config.Config) error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(c.Notify)) {
		r := c.Notify[name]
		for _, k := range r.Kinds {
			if titles[Kind(k)] == "" {
				faults = append(faults, fmt.Errorf("notify.%s: kinds has %q: there are %v", name, k, Kinds()))
			}
		}
		for _, t := range r.Tenants {
			if _, ok := c.Tenants[t]; !ok {
				faults = append(faults, fmt.Errorf("notify.%s: there is no tenant %q", name, t))
			}
		}
		if _, err := newTexts(r); err != nil {
			faults = append(faults, fmt.Errorf("notify.%s: %w", name, err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("%w: %w", config.ErrInvalid, err)
	}
	return nil
}
