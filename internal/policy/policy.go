// Package policy says no: to taking access from protected people, and from too many people at once. It looks at numbers
// and addresses it is given; what is so it asks of nobody.
package policy

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// Window is how far back deactivations count against the limit.
const Window = time.Hour

// Policy is what holds for one tenant.
type Policy struct {
	Tenant    string
	Protected []string // e-mails and globs (path.Match) of people nothing may be taken from, without regard to case
	// Limit replaces the default limit of deactivations, for one run and for the last hour; 0 leaves the default.
	Limit int
}

// Check makes sure that the globs can be read.
func Check(protected []string) error {
	for _, g := range protected {
		if _, err := path.Match(g, ""); err != nil || strings.TrimSpace(g) == "" {
			return fmt.Errorf("protected: %q is not a pattern such as *@acme.example", g)
		}
	}
	return nil
}

// Smallest is the limit of the smallest tenant.
const Smallest = 3

// Largest is the limit of the largest tenant.
const Largest = 25

// Default is the limit of deactivations in one run and in any hour for a tenant with so many active users: 20 %, but at
// least Smallest and at most Largest. Okta and ConductorOne stop at 20 % too.
func Default(active int) int { return max(Smallest, min(active/5, Largest)) }

func (p Policy) limit(active int) int {
	if p.Limit > 0 {
		return p.Limit
	}
	return Default(active)
}

// Protect refuses an action that takes something from somebody on the protected list. The error is an *userops.Error of
// ErrProtected.
func (p Policy) Protect(a userops.Action, email string) error {
	if kind, _ := userops.KindOf(a); !kind.TakesAway {
		return nil
	}
	for _, g := range p.Protected {
		if ok, err := path.Match(plain(g), plain(strings.TrimSpace(email))); ok || err != nil {
			return &userops.Error{Act: string(a), Target: email, Tenant: p.Tenant, Kind: userops.ErrProtected, Cause: fmt.Errorf("%q covers this address", g), Hint: "take the address off the protected list in the configuration, if it may be done"}
		}
	}
	return nil
}

// plain makes * match every character of an address: path.Match stops it at a slash, which may stand in one.
func plain(s string) string { return strings.ReplaceAll(userops.FoldEmail(s), "/", "\x00") }

// Allow refuses more deactivations than the limit: recent is how many people lost access in the last Window, run how
// many are about to, active how many active users there are. The error is an *userops.Error of ErrLimit.
func (p Policy) Allow(recent, run, active int) error {
	limit := p.limit(active + recent) // of those who were active an hour ago: otherwise the limit would shrink under a run that it allowed
	if recent+run <= limit {
		return nil
	}
	return &userops.Error{Act: "deactivating", Tenant: p.Tenant, Kind: userops.ErrLimit,
		Cause: fmt.Errorf("%d now and %d in the last hour; allowed are %d in an hour (%d users were active then)", run, recent, limit, active+recent),
		Hint:  fmt.Sprintf("make sure that all of them are meant; then allow %d explicitly, with a reason", recent+run)}
}
