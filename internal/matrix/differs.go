package main

import (
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
)

// difference is one kind of console that is otherwise built, and on which layouts and changes it is tried.
type difference struct {
	with     string   // the console's differences, joined by "+"
	layouts  []string // empty: every layout that all of them can be built on
	actions  []userops.Action
	harmless bool // a careful agent can go on: to halt is needless
	may      []Verdict
	settle   time.Duration
	zone     string
	resends  bool
	options  console.Options
}

var (
	neo3    = []string{"neo3"}
	neo     = []string{"neo"}
	classic = []string{"classic"}
	forms   = []string{"classic", "neo"}

	leaves     = []userops.Action{userops.Deactivate}
	invites    = []userops.Action{userops.Invite}
	roles      = []userops.Action{userops.SetRole}
	lists      = []userops.Action{list}
	mayUnknown = []Verdict{Unknown}
)

// differences is the group "differs".
var differences = slices.Concat(differingRequests, differingValues, differingAnswers, differingReads,
	differingLists, differingMotion, differingEarly)

var differingRequests = []difference{
	{with: "about-another", actions: actions},
	{with: "swapped-at-mousedown", actions: taking},
	{with: "swapped-after-press", actions: taking},
	{with: "address-names-another", actions: leaves, layouts: []string{"neo", "neo3"}},
	{with: "body-names-another", actions: taking},
	{with: "list-beside-names-another", actions: taking},
	{with: "bulk-names-both", actions: leaves},
	{with: "bulk-form-names-both", actions: leaves, layouts: forms},
	{with: "email-of-another", actions: leaves},
	{with: "encoded-id-of-another", actions: leaves},
	{with: "confirm-names-another", actions: leaves},
	{with: "confirm-names-ours", actions: leaves}, // the flow's file does not say that one is asked
	{with: "dialog-acts-on-last", actions: leaves},
	{with: "dialog-names-manager", actions: leaves}, // the flow's file does not say that others may be shown
	// The way in which it is sent, about another, and where the shape stays the same about ours.
	{with: "sent-by-xhr+about-another", actions: leaves, layouts: []string{"neo", "neo3"}},
	{with: "sent-by-keepalive+about-another", actions: leaves, layouts: neo3},
	{with: "sent-by-beacon+about-another", actions: leaves},
	{with: "sent-as-multipart+about-another", actions: leaves, layouts: []string{"neo", "neo3"}},
	{with: "sent-by-graphql+about-another", actions: taking, layouts: neo3},
	{with: "sent-by-link+about-another", actions: leaves, layouts: []string{"neo", "neo3"}},
	{with: "sent-by-image+about-another", actions: leaves, layouts: neo3},
	{with: "sent-by-put+about-another", actions: taking},
	{with: "sent-by-delete+about-another", actions: leaves},
	{with: "sent-by-worker+about-another", actions: leaves, layouts: []string{"neo", "neo3"}},
	{with: "sent-by-shared-worker+about-another", actions: leaves, layouts: neo3},
	{with: "header-names-another", actions: taking},
	{with: "filter-names-another", actions: leaves},
	{with: "queued-in-cookie", actions: []userops.Action{userops.Deactivate, userops.SetRole}, harmless: true},
	{with: "queued-in-storage", actions: []userops.Action{userops.Deactivate, userops.SetRole}, harmless: true},
	{with: "kept-in-storage", actions: leaves, may: mayUnknown},
	{with: "about-itself", actions: taking},
	{with: "sent-compressed", actions: leaves},
	{with: "sent-compressed+about-another", actions: leaves},
	{with: "sent-by-prefetch+about-another", actions: leaves, layouts: []string{"neo", "neo3"}},
	{with: "sent-by-eventsource+about-another", actions: leaves, layouts: []string{"neo", "neo3"}},
	{with: "sent-from-frame+about-another", actions: leaves},
	{with: "sent-to-new-tab+about-another", actions: leaves},
	{with: "worker-rewrites", actions: taking},
	{with: "sent-by-xhr", actions: taking, layouts: neo3, harmless: true},
	{with: "sent-by-keepalive", actions: roles, layouts: neo3, harmless: true},
	{with: "sent-by-worker", actions: leaves, layouts: neo3, harmless: true},
	{with: "sent-from-frame", actions: leaves, harmless: true},
	{with: "worker-passes-on", actions: []userops.Action{userops.SetRole, list}, harmless: true},
	// Twice.
	{with: "sends-twice", actions: []userops.Action{userops.SetRole, userops.Deactivate}},
	{with: "sends-again-after-3s", actions: leaves, harmless: true, settle: late},
	{with: "sends-on-mousedown-too", actions: roles},
	{with: "form-and-fetch", actions: leaves},
	{with: "retries-after-5xx+stored-then-503", actions: taking},
	{with: "retries-without-answer+answered-after-3s", actions: roles},
	{with: "worker-retries+stored-then-503", actions: roles, layouts: []string{"neo", "neo3"}},
	{with: "reset-once-stored", actions: taking, resends: true, may: mayUnknown},
	{with: "sends-twice+idempotent", actions: leaves, harmless: true},
}

// differingEarly are pages that act, save or ask before the press. What would change something about the person is
// stopped there, so that the press does it, once.
var differingEarly = []difference{
	{with: "acts-when-opened", actions: leaves, harmless: true},
	{with: "acts-on-another-when-opened", actions: leaves},
	{with: "acts-when-the-form-opens", actions: invites},
	{with: "role-by-post", actions: roles, layouts: []string{"neo"}, harmless: true},
	{with: "acts-before-it-asks", actions: []userops.Action{userops.Deactivate, userops.Reactivate}, harmless: true},
	{with: "acts-before-it-asks-and-does-not-ask", actions: leaves},
	{with: "saves-role-at-choice", actions: roles, harmless: true},
	{with: "saves-first-role-at-choice", actions: roles, harmless: true},
	{with: "checks-address", actions: invites, harmless: true},
}

var differingValues = []difference{
	{with: "role-refilled-after-choice", actions: []userops.Action{userops.Invite, userops.SetRole}},
	{with: "role-refilled-on-blur", actions: roles},
	{with: "role-refilled-at-mousedown", actions: []userops.Action{userops.Invite, userops.SetRole}},
	{with: "role-hidden-and-refilled", actions: roles},
	{with: "role-in-header", actions: roles},
	{with: "hidden-role-beside", actions: []userops.Action{userops.Invite, userops.SetRole}, layouts: []string{"neo", "neo3"}},
	{with: "role-sent-differs-from-label", actions: roles},
	{with: "email-completed-on-blur", actions: invites},
	{with: "email-completed-at-press", actions: invites},
	{with: "last-name-looked-up", actions: invites},
	{with: "last-name-trimmed", actions: invites},
	{with: "time-zone-reset", actions: invites, zone: "(GMT+01:00) Berlin"},
	{with: "names-exchanged", actions: invites},
	{with: "names-in-capitals", actions: invites},
}

// unsaid are tried with flows that do not say what their commit sends, so that the rule of whom a request names judges
// alone. Then every way of sending is right.
var unsaid = slices.Concat(differingRequests, []difference{
	{with: "sent-by-put", actions: taking, harmless: true},
	{with: "sent-by-delete", actions: leaves, harmless: true},
	{with: "sent-by-graphql", actions: taking, layouts: neo3, harmless: true},
	{with: "sent-as-multipart", actions: leaves, layouts: []string{"neo", "neo3"}, harmless: true},
	{with: "sent-by-beacon", actions: leaves, harmless: true},
	{with: "sent-by-link", actions: leaves, layouts: []string{"neo", "neo3"}, harmless: true},
	{with: "sent-by-shared-worker", actions: leaves, layouts: neo3, harmless: true},
	{with: "heartbeats", actions: taking, harmless: true},
	{with: "asks-by-graphql-first", actions: taking, harmless: true},
	{with: "sent-by-graphql+asks-by-graphql-first", actions: taking, layouts: neo3, harmless: true},
	{with: "role-sent-differs-from-label", actions: roles},
	{with: "hidden-role-beside", actions: roles, layouts: []string{"neo", "neo3"}},
	{with: "role-as-object", actions: roles},
	{with: "role-in-header", actions: roles},
	{with: "names-exchanged", actions: invites},
	{with: "names-in-capitals", actions: invites},
	{with: "time-zone-reset", actions: invites, zone: "(GMT+01:00) Berlin"},
	{with: "acts-when-opened", actions: leaves, harmless: true},
	{with: "saves-first-role-at-choice", actions: roles, harmless: true},
	{with: "role-refilled-at-mousedown+heartbeats", actions: roles},
	// Here nothing but the guard in the page sees what is wrong.
	{with: "role-refilled-after-choice", actions: roles},
	{with: "role-refilled-on-blur", actions: roles},
	{with: "role-refilled-at-mousedown", actions: roles},
	{with: "role-hidden-and-refilled", actions: roles},
	{with: "email-completed-on-blur", actions: invites},
})

const late = 10 * time.Second // after this, whatever the console stores late is stored

var differingAnswers = []difference{
	{with: "stored-then-503", actions: taking, harmless: true},
	{with: "503-then-stored", actions: leaves, harmless: true, may: mayUnknown, settle: late},
	{with: "401-then-stored", actions: leaves, harmless: true, may: mayUnknown, settle: late},
	{with: "202-then-stored", actions: taking, harmless: true, may: mayUnknown, settle: late},
	{with: "stored-never-answered", actions: leaves, harmless: true},
	{with: "never-answered", actions: leaves, may: mayUnknown},
	{with: "stored-then-led-to-error", actions: taking, harmless: true},
	{with: "stored-then-cut", actions: leaves, harmless: true, resends: true},
	{with: "stored-after-8s+page-gives-up", actions: taking, harmless: true, settle: late},
	{with: "conflict", actions: taking, may: mayUnknown},
	{with: "error-in-200", actions: leaves, may: mayUnknown},
	{with: "error-in-200+error-in-200-shown-as-done", actions: leaves, may: mayUnknown},
	{with: "error-though-stored", actions: taking, harmless: true},
	{with: "success-though-not-stored", actions: leaves, may: mayUnknown},
	{with: "approval-banner", actions: taking, harmless: true},
	{with: "approval-banner+success-though-not-stored", actions: leaves, may: mayUnknown},
	{with: "unrelated-error-banner", actions: taking, harmless: true},
	{with: "unrelated-error-toast", actions: leaves, harmless: true},
	{with: "silent-approval", actions: taking, harmless: true},
	{with: "another-did-it-first", actions: leaves, harmless: true},
}

var differingReads = []difference{
	{with: "worker-serves-stale-list", actions: taking, harmless: true},
	{with: "worker-serves-wished-list+success-though-not-stored", actions: taking, may: mayUnknown},
	{with: "wish-in-local-storage+success-though-not-stored", actions: taking, may: mayUnknown},
	{with: "wish-in-database+success-though-not-stored", actions: leaves, may: mayUnknown},
	{with: "wish-told-to-tabs+success-though-not-stored", actions: leaves, may: mayUnknown},
	{with: "list-kept-by-browser", actions: leaves, harmless: true},
	{with: "switched-before-list", actions: []userops.Action{userops.Deactivate, list}, may: mayUnknown},
	{with: "switched-after-list", actions: taking, may: mayUnknown},
	{with: "switched-after-commit", actions: leaves, may: mayUnknown},
	{with: "switched-to-twin", actions: []userops.Action{userops.Deactivate, list}, may: mayUnknown},
	{with: "twin-beside", actions: leaves, harmless: true},
	{with: "token-in-local-storage", actions: []userops.Action{userops.SetRole, list}}, // the shipped files name no key: it halts
	{with: "cookie-rotates", actions: []userops.Action{userops.SetRole, list}, harmless: true},
	{with: "organisation-in-capitals", actions: []userops.Action{userops.Deactivate, list}, harmless: true},
}

// differingCases lays out the group over layouts and actions.
func differingCases(layouts []string, seed int64) []Case {
	return append(lay("differs", differences, layouts, seed), lay("unsaid", unsaid, layouts, seed)...)
}

func lay(group string, all []difference, layouts []string, seed int64) []Case {
	var out []Case
	for _, layout := range layouts {
		for _, d := range all {
			names := strings.Split(d.with, "+")
			impossible := func(n string) bool { return !slices.Contains(console.DifferenceLayouts(n), layout) }
			if len(d.layouts) > 0 && !slices.Contains(d.layouts, layout) || slices.ContainsFunc(names, impossible) {
				continue
			}
			for _, a := range d.actions {
				o := d.options
				whom := leaver
				if a != list {
					whom = subject(a)
				}
				for _, n := range names {
					o.Differences = append(slices.Clone(o.Differences), n+"="+whom)
				}
				out = append(out, Case{Group: group, Unsaid: group == "unsaid", Name: d.with, Layout: layout, Action: a, Seed: seed,
					CanGoOn: d.harmless, Options: o, May: d.may, Settle: d.settle, Zone: d.zone, Resends: d.resends})
			}
		}
	}
	return out
}
