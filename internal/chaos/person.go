package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// lookAfter is what a person does about one of which it is unknown what became of it: looks at the console, and has
// it done again if it was not, or drops it if another administrator has given the access back. What is
// parked for another reason is an error.
func (g *ground) lookAfter(ctx context.Context, s journal.Schedule) error {
	if s.Outcome != userops.Unknown {
		return fmt.Errorf("%s in %s is parked as %s (%s): %s", s.Email, s.Tenant, s.Outcome, s.Code, s.Because)
	}
	g.persons[s.ID] = true
	con, f := g.consoles[s.Tenant], g.proxies[s.Tenant]
	if f != nil {
		if err := f.deliver(s.Email); err != nil { // nobody looks before what is on its way has come
			return err
		}
	}
	u, ok := con.UserByEmail(s.Email)
	if !ok {
		return fmt.Errorf("%s is not in the console of %s any more", s.Email, s.Tenant)
	}
	fmt.Fprintf(os.Stderr, "a person looks at %s in %s: %s\n", s.Email, s.Tenant, u.Status)
	var after journal.Schedule
	if slices.ContainsFunc(con.Changes(), func(c console.Change) bool { return gaveBack(c) && c.Email == u.Email }) {
		return g.ask(ctx, "", &after, "offboard", "cancel", s.ID, "--reason", "access was given back")
	}
	if u.Status != console.Inactive {
		g.anew[leaving{s.Tenant, userops.FoldEmail(s.Email)}]++
	}
	return g.ask(ctx, "", &after, "offboard", "reschedule", s.ID, "--now", "--reason", "looked at: "+u.Status)
}

// gaveBack says that a change is an administrator's who gave access back.
func gaveBack(c console.Change) bool {
	return c.Actor == console.OwnerEmail && c.After != nil && c.After.Status == console.Active
}
