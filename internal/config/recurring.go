package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/internal/schedule"
)

// Recurring is something that the daemon does again and again.
type Recurring struct {
	What     string   `koanf:"what"`      // one of the Recurrences
	When     string   `koanf:"when"`      // a cron expression
	TimeZone string   `koanf:"time_zone"` // of the clocks that it is about; empty: UTC
	Tenants  []string `koanf:"tenants"`   // of which; empty: of all
}

// What recurs.
const (
	Reconcile = "reconcile" // who still has access is looked for
	Doctor    = "doctor"    // the console is held against selectors and flows
	Session   = "session"   // the sign-in is looked at, and renewed
	Digest    = "digest"    // how things stand is told
	Prune     = "prune"     // what was kept long enough is removed
)

// Recurrences are all there are.
var Recurrences = []string{Reconcile, Doctor, Session, Digest, Prune}

func (r Recurring) check(at string, tenants map[string]Tenant) (faults []error) {
	add := func(format string, args ...any) { faults = append(faults, fmt.Errorf(at+": "+format, args...)) }
	if !nameable(strings.TrimPrefix(at, "recurring.")) {
		add("a name is made of a-z, 0-9, _ and -")
	}
	if !slices.Contains(Recurrences, r.What) {
		add("what is %q: choose %s", r.What, strings.Join(Recurrences, ", "))
	}
	if err := schedule.CheckZone(r.TimeZone); err != nil {
		add("time_zone: %v", err)
	}
	if _, err := schedule.ParseRecurring(r.When, "UTC"); err != nil {
		add("when: %v", err)
	}
	for i, t := range r.Tenants {
		if slices.Contains(r.Tenants[:i], t) {
			add("tenant %q is named twice", t)
		}
		if _, ok := tenants[t]; !ok {
			add("there is no tenant %q", t)
		}
	}
	if r.What == Prune && len(r.Tenants) > 0 {
		add("prune is of all tenants")
	}
	return faults
}
