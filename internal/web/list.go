package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
)

// listed is how many stand on a page.
const listed = 50

// view is one of the parts of the list.
type view struct {
	Key           journal.View
	Name, Nothing string
}

var views = []view{
	{journal.ViewDue, "Due", "Nothing is waiting for its time."},
	{journal.ViewRunning, "Running", "Nothing is under way."},
	{journal.ViewPerson, "Needs a person", "Nothing needs a person."},
	{journal.ViewDone, "Done", "Nothing has ended yet."},
	{journal.ViewAll, "All", "Nothing is scheduled."},
}

type tab struct {
	Name, Link string
	Count      int
	Current    bool
}

type choice struct {
	Value, Name string
	Chosen      bool
}

type notice struct {
	Tone, Title, Text, Hint string
	Link, LinkText          string
}

// row is a schedule as a line of the list.
type row struct {
	Link, Email, Tenant, Reason string
	Due, Zone, Relative         string
	At                          time.Time
	State                       badge
}

type listView struct {
	frame
	Heading, Nothing  string
	Tabs              []tab
	Notices           []notice
	View              journal.View
	Tenants           []choice
	States            []choice
	Outcomes          []choice
	Text, From, Until string
	Filtered          bool
	Wrong             map[string]string // what of the filter cannot be read, by the field's name
	Rows              []row
	Previous, Next    string
}

func (s *Site) list(w http.ResponseWriter, r *http.Request, who *person) error {
	q := r.URL.Query()
	i := max(0, slices.IndexFunc(views, func(v view) bool { return string(v.Key) == q.Get("view") }))
	v := views[i]
	f, wrong := filterOf(q)
	skip, err := strconv.Atoi(q.Get("skip"))
	if err != nil || skip < 0 || skip > 1_000_000 {
		skip = 0
	}
	found, err := s.Service.View(r.Context(), v.Key, f, skip, listed)
	if err != nil {
		return err
	}
	page := listView{frame: frame{Title: v.Name, Who: who}, Heading: v.Name, Nothing: v.Nothing,
		View: v.Key, Text: f.Text, From: q.Get("from"), Until: q.Get("until"), Wrong: wrong}
	page.live(r, fmt.Sprintf("/progress?after=%d", found.Event), 60)
	for _, key := range []string{"tenant", "state", "outcome", "q", "from", "until"} {
		page.Filtered = page.Filtered || q.Get(key) != ""
	}
	if page.Filtered && len(found.Schedules) == 0 {
		page.Nothing = "Nothing here is as the filter says."
	}
	for _, t := range views {
		link := linkTo(q, "view", string(t.Key), "skip", "")
		page.Tabs = append(page.Tabs, tab{t.Name, link, found.Counts[t.Key], t.Key == v.Key})
	}
	page.Tenants = choices(q.Get("tenant"), slices.Sorted(maps.Keys(s.Config.Tenants)))
	page.States = choices(q.Get("state"), stateNames)
	page.Outcomes = choices(q.Get("outcome"), outcomeNames)
	page.Notices = notices(found, f.Tenant, who)
	now := s.Now()
	for _, one := range found.Schedules {
		page.Rows = append(page.Rows, rowOf(one, now))
	}
	if skip > 0 {
		page.Previous = linkTo(q, "skip", strconv.Itoa(max(0, skip-listed)))
	}
	if found.More {
		page.Next = linkTo(q, "skip", strconv.Itoa(skip+listed))
	}
	s.render(w, http.StatusOK, "list", page)
	return nil
}

var (
	stateNames   = []string{"pending", "running", "parked", "ended", "cancelled"}
	outcomeNames = []string{"done", "already", "requested", "halted", "refused", "unknown"}
)

func choices(chosen string, all []string) (out []choice) {
	if chosen != "" && !slices.Contains(all, chosen) { // such as a tenant that is not configured any more
		all = append(slices.Clone(all), chosen)
	}
	for _, c := range all {
		out = append(out, choice{c, c, c == chosen})
	}
	return out
}

// linkTo is the list with some of its parameters changed.
func linkTo(q url.Values, changes ...string) string {
	out := maps.Clone(q)
	for i := 0; i < len(changes); i += 2 {
		out.Set(changes[i], changes[i+1])
	}
	out.Del("by")
	maps.DeleteFunc(out, func(_ string, v []string) bool { return len(v) == 0 || v[0] == "" })
	return "/?" + out.Encode()
}

// filterOf reads a filter. A field that cannot be read selects everything, and is named in wrong.
func filterOf(q url.Values) (f journal.ViewFilter, wrong map[string]string) {
	wrong = map[string]string{}
	f = journal.ViewFilter{Tenant: q.Get("tenant"), State: journal.ScheduleState(q.Get("state")),
		Outcome: userops.Outcome(q.Get("outcome")), Text: q.Get("q")}
	day := func(name string) time.Time {
		text := q.Get(name)
		if text == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			wrong[name] = "There is no such day: write it as in 2026-12-04."
		}
		return t
	}
	f.From = day("from")
	if until := day("until"); !until.IsZero() {
		f.Until = until.AddDate(0, 0, 1)
	}
	if len(f.Text) > 200 || !validText(f.Text) {
		wrong["q"], f.Text = "This text cannot be looked for.", ""
	}
	return f, wrong
}

// notices are what keeps tenants, or the one that is filtered for, from being worked on.
func notices(found service.View, tenant string, who *person) (out []notice) {
	for _, f := range found.Freezes {
		whom := "Tenant " + f.Tenant + " is frozen"
		if f.Tenant == journal.Everybody {
			whom = "All tenants are frozen"
		} else if tenant != "" && f.Tenant != tenant {
			continue
		}
		out = append(out, notice{Tone: "warn", Title: whom, Text: f.Reason + " (" + f.By + ")",
			Hint: "Nothing of what is due is begun before the thaw."})
	}
	for _, name := range slices.Sorted(maps.Keys(found.Stops)) {
		if tenant == "" || tenant == name {
			out = append(out, stopNotice(found.Stops[name], who))
		}
	}
	return out
}

// stopNotice says why a tenant has to wait.
func stopNotice(t journal.TenantStop, who *person) notice {
	n := notice{Tone: "warn", Title: "Tenant " + t.Tenant + " is paused until " + timeText(t.Until), Hint: sentence(t.Hint),
		Text: fmt.Sprintf("%s (%s), %s in a row", t.Because, t.Code, counted(t.Failures, "failure"))}
	if t.Held {
		n.Tone, n.Title, n.Text = "bad", "Tenant "+t.Tenant+" waits for a person", fmt.Sprintf("%s (%s)", t.Because, t.Code)
	}
	if who.Acts {
		n.Link, n.LinkText = "/tenants/"+url.PathEscape(t.Tenant)+"/resume", "Try "+t.Tenant+" again"
	}
	return n
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
