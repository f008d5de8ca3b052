package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// judge holds what the consoles have stored against what was asked for, and what is said of it against both.
func (g *ground) judge(ctx context.Context) (wrong []string, err error) {
	all, err := g.schedules(ctx)
	if err != nil {
		return nil, err
	}
	find := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if len(all) != g.size {
		find("%d were asked for, and %d are listed", g.size, len(all))
	}
	var late []int64
	outcomes := map[userops.Outcome]int{}
	for _, s := range all {
		outcomes[s.Outcome]++
		late = append(late, s.LateMS)
		if s.State != journal.Ended || s.Outcome != userops.Done && s.Outcome != userops.Already {
			find("%s in %s is %s: %s %s", s.Email, s.Tenant, s.State, s.Outcome, s.Because)
		}
	}
	for name, con := range g.consoles {
		wrong = append(wrong, g.judgeTenant(name, con, all)...)
	}
	if out, err := g.command(ctx, "audit", "verify").CombinedOutput(); err != nil {
		find("the audit log: %v: %s", err, out)
	}
	slices.Sort(late)
	fmt.Printf("outcomes: %v; late, in ms: median %d, largest %d\n", outcomes, late[len(late)/2], late[len(late)-1])
	return wrong, nil
}

// judgeTenant makes sure that each who was to leave a tenant left once, in order, and that nobody else was changed.
func (g *ground) judgeTenant(name string, con *console.Console, all []journal.Schedule) (wrong []string) {
	find := func(format string, args ...any) {
		wrong = append(wrong, name+": "+fmt.Sprintf(format, args...))
	}
	times := map[string]int{}
	var order []string
	for _, c := range con.Changes() {
		if c.Before == nil || c.After == nil || c.Before.Status == c.After.Status || c.After.Status != console.Inactive {
			find("an unexpected change: %s %s", c.Action, c.Email)
			continue
		}
		key := userops.FoldEmail(c.Email)
		times[key]++
		order = append(order, key)
	}
	leaving := map[string]bool{}
	var want []string
	for _, s := range all { // sorted by time, then by id
		if s.Tenant != name {
			continue
		}
		key := userops.FoldEmail(s.Email)
		leaving[key] = true
		if times[key] != 1 {
			find("%s was deactivated %d times", s.Email, times[key])
		}
		if g.persons[s.ID] { // a person gave it another time
			order = slices.DeleteFunc(order, func(e string) bool { return e == key })
			continue
		}
		want = append(want, key)
	}
	if !slices.Equal(order, want) {
		find("the order was %v, and should be %v", order, want)
	}
	for _, u := range g.before[name] {
		now, ok := con.UserByEmail(u.Email)
		if leaves := leaving[userops.FoldEmail(u.Email)]; !ok || leaves && now.Status != console.Inactive || !leaves && now != u {
			find("%s is stored as %+v, and was %+v", u.Email, now, u)
		}
	}
	return wrong
}
