package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
)

// formView is a form about a schedule, or the question whether what it says is meant.
type formView struct {
	frame
	One       journal.Schedule
	State     badge
	Due, Zone string
	Seen      int64 // when it was changed, as whoever fills in the form has seen it

	At, TimeZone, Exact, Why, Limit string
	Now                             bool
	Zones                           []string
	Fallback                        string // the zone that holds where none is named
	Wrong                           string // why it could not be done
	Hint                            string
	Field                           string          // which field is wrong: at, tz, limit or reason; empty: none
	Unknown                         bool            // what came of an attempt is not known
	Choices                         []schedule.When // the instants that an unclear time may mean
	Twice                           bool

	Ask              bool // everything can be read: is it meant?
	NewDue, NewZone  string
	NewUTC, Relative string
}

// formOf is a form about the schedule of a request. One that cannot be altered has none: the error says why.
func (s *Site) formOf(r *http.Request, who *person, title, act string) (formView, error) {
	one, err := s.found(r)
	if err != nil {
		return formView{}, err
	}
	if err := service.Alterable(one, who.Email, act); err != nil {
		return formView{}, err
	}
	due, zone := dueOf(one)
	v := formView{frame: frame{Title: title, Who: who}, One: one, State: stateOf(one, s.Now()), Due: due, Zone: zone,
		Seen: one.UpdatedAt.UnixMicro(), Unknown: unsettled(one)}
	if r.Method == http.MethodPost && r.PostForm.Get("seen") != strconv.FormatInt(v.Seen, 10) {
		v.Wrong = "It was changed, or begun, since you looked at it."
		v.Hint = "What is shown is how it is now. Look at it once more, then decide."
	}
	return v, nil
}

// cancel asks whether it is meant, and cancels.
func (s *Site) cancel(w http.ResponseWriter, r *http.Request, who *person) error {
	v, err := s.formOf(r, who, "Cancel", "cancelling")
	if err != nil {
		return err
	}
	v.Why = r.PostForm.Get("reason")
	if r.Method != http.MethodPost || v.Wrong != "" {
		s.render(w, formStatus(v), "cancel", v)
		return nil
	}
	if v.Why, err = userops.Text("the reason", v.Why); err == nil {
		_, err = s.Service.Unschedule(r.Context(), v.One.ID, who.Email, v.Why)
	}
	if err != nil {
		return s.formAgain(w, "cancel", v, err)
	}
	s.Log.Info("cancelled", "schedule", v.One.ID, "by", who.Email)
	http.Redirect(w, r, "/schedules/"+v.One.ID+"?said=cancelled", http.StatusSeeOther)
	return nil
}

func formStatus(v formView) int {
	if v.Wrong != "" {
		return http.StatusConflict
	}
	return http.StatusOK
}

// formAgain shows a form once more, with what is wrong. What nobody can correct there is a page of its own.
func (s *Site) formAgain(w http.ResponseWriter, name string, v formView, err error) error {
	status := statusOf(err)
	over := errors.Is(err, userops.ErrOver) || errors.Is(err, userops.ErrLease) // it was begun, or changed, in this moment
	if status == http.StatusInternalServerError || over {
		return err
	}
	v.Ask = false
	v.Wrong, v.Hint = sentence(err.Error()), hintOf(err)
	var unclear *schedule.UnclearError
	if errors.As(err, &unclear) {
		v.Choices, v.Twice, v.Field = unclear.Choices, unclear.Twice, "at"
		v.Wrong = sentence(unclear.Error())
		v.Hint = "Choose the one that is meant."
	}
	s.render(w, status, name, v)
	return nil
}

// reschedule asks for a time, then whether what is understood is meant, and gives it.
func (s *Site) reschedule(w http.ResponseWriter, r *http.Request, who *person) error {
	v, err := s.formOf(r, who, "Give another time", "giving another time to")
	if err != nil {
		return err
	}
	fallback := either(v.One.Zone, s.Config.Tenants[v.One.Tenant].TimeZone)
	v.Zones, v.Fallback = zones, fallback
	if r.Method != http.MethodPost {
		v.At, v.TimeZone = v.Due, v.Zone
		if v.Zone != "" { // its clocks show the time without an offset
			v.At = v.Due[:strings.LastIndexByte(v.Due, ' ')]
		}
		s.render(w, http.StatusOK, "reschedule", v)
		return nil
	}
	v.read(r.PostForm)
	if v.Wrong != "" {
		s.render(w, http.StatusConflict, "reschedule", v)
		return nil
	}
	when, limit, err := v.meant(s, fallback)
	if err != nil {
		return s.formAgain(w, "reschedule", v, err)
	}
	if r.PostForm.Get("meant") != "yes" {
		return s.ask(w, v, when)
	}
	asked := service.Asked{By: who.Email, Limit: limit}
	if _, err := s.Service.Reschedule(r.Context(), v.One.ID, when, v.Now, asked, v.Why); err != nil {
		return s.formAgain(w, "reschedule", v, err)
	}
	s.Log.Info("given another time", "schedule", v.One.ID, "by", who.Email, "at", when.String())
	http.Redirect(w, r, "/schedules/"+v.One.ID+"?said=rescheduled", http.StatusSeeOther)
	return nil
}

// read takes what was filled in.
func (v *formView) read(form url.Values) {
	of := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	v.At, v.TimeZone, v.Why, v.Limit, v.Now = of("at"), of("tz"), form.Get("reason"), of("limit"), of("when") == "now"
	// A choice is of the time that it was offered for.
	if exact := form.Get("exact"); exact != "" && form.Get("exact_of") == v.At {
		v.Exact = exact
	}
}

// meant is the time that was asked for. What is not clear is an error: nothing is guessed.
func (v *formView) meant(s *Site, fallback string) (when schedule.When, limit int, err error) {
	if v.Limit != "" {
		if limit, err = strconv.Atoi(v.Limit); err != nil || limit < 1 || limit > 10_000 {
			v.Field = "limit"
			return when, 0, &userops.Error{Act: "reading the limit", Target: fmt.Sprintf("%.20q", v.Limit), Kind: userops.ErrInput,
				Hint: "write a number from 1 to 10000, or nothing"}
		}
	}
	if v.Why, err = userops.Text("the reason", v.Why); err != nil {
		v.Field = "reason"
		return when, 0, err
	}
	if v.Now {
		return schedule.When{At: s.Now().UTC(), Asked: "now"}, limit, nil
	}
	v.Field = "at"
	at := either(v.Exact, v.At)
	zone := v.TimeZone
	if zone == "" {
		zone = schedule.ZoneFor(at, fallback)
	}
	if when, err = schedule.Parse(at, zone); err != nil {
		return when, 0, err
	}
	if when.Past(s.Now()) { // the service asks the journal's clock, and has the last word
		return when, 0, &userops.Error{Act: "giving another time to the offboarding of", Target: v.One.Email,
			Tenant: v.One.Tenant, Kind: userops.ErrPast, Cause: fmt.Errorf("it would be due at %s", when),
			Hint: "name a later time, or choose “At once”"}
	}
	v.Field = ""
	return when, limit, nil
}

// ask shows what was understood.
func (s *Site) ask(w http.ResponseWriter, v formView, when schedule.When) error {
	v.Ask = true
	v.NewZone = when.Zone
	v.NewDue = strings.TrimSuffix(when.String(), " "+when.Zone)
	v.NewUTC, v.Relative = timeText(when.At), relative(when.At.Sub(s.Now()))
	s.render(w, http.StatusOK, "reschedule", v)
	return nil
}

type resumeView struct {
	frame
	Name   string
	Notice *notice
}

// resume asks whether a tenant is to be tried again, and has it be.
func (s *Site) resume(w http.ResponseWriter, r *http.Request, who *person) error {
	name := r.PathValue("name")
	found, err := s.Service.View(r.Context(), journal.ViewPerson, journal.ViewFilter{Tenant: name}, 0, 1)
	if err != nil {
		return err
	}
	stop, waits := found.Stops[name]
	if !waits {
		return errNoPage
	}
	if r.Method != http.MethodPost {
		n := stopNotice(stop, &person{})
		s.render(w, http.StatusOK, "resume", resumeView{frame{Title: "Try a tenant again", Who: who}, name, &n})
		return nil
	}
	if _, err := s.Service.ResumeTenant(r.Context(), name, who.Email); err != nil {
		return err
	}
	s.Log.Info("a tenant is tried again", "tenant", name, "by", who.Email)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// zones are offered in the form; every other of the IANA's may be written.
var zones = []string{
	"America/Anchorage", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/New_York", "America/Phoenix",
	"America/Toronto", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Europe/Berlin", "Europe/London",
	"Europe/Paris", "Pacific/Honolulu", "UTC",
}
