package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// judge holds what the consoles have stored, and what arrived there, against what was asked for, and what is said of
// it against both.
func (g *ground) judge(ctx context.Context) (wrong []string, err error) {
	all, err := g.schedules(ctx)
	if err != nil {
		return nil, err
	}
	find := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if len(all) != len(g.leavers) {
		find("%d were asked for, and %d are listed", len(g.leavers), len(all))
	}
	var late []int64
	outcomes := map[userops.Outcome]int{}
	for _, s := range all {
		outcomes[s.Outcome]++
		late = append(late, s.LateMS)
		dropped := s.State == journal.Cancelled && g.handling(s) == returned
		if !dropped && (s.State != journal.Ended || s.Outcome != userops.Done && s.Outcome != userops.Already) {
			find("%s in %s is %s: %s %s", s.Email, s.Tenant, s.State, s.Outcome, s.Because)
		}
	}
	for name, con := range g.consoles {
		wrong = append(wrong, g.judgeTenant(name, con, all)...)
	}
	if out, err := g.command(ctx, everybody, "audit", "verify").CombinedOutput(); err != nil {
		find("the audit log: %v: %s", err, out)
	}
	slices.Sort(late)
	if len(late) > 0 {
		fmt.Printf("outcomes: %v; late, in ms: median %d, largest %d\n", outcomes, late[len(late)/2], late[len(late)-1])
	}
	return wrong, nil
}

// handling is what became of the first request about somebody who was to leave.
func (g *ground) handling(s journal.Schedule) handling {
	f := g.proxies[s.Tenant]
	if f == nil {
		return ordinary
	}
	return f.handlings[userops.FoldEmail(s.Email)]
}

// commits is how often somebody was changed in the consoles, or was to be.
func (g *ground) commits() (n int) {
	for name, con := range g.consoles {
		if f := g.proxies[name]; f != nil {
			n += f.arrived()
			continue
		}
		n += len(con.Changes())
	}
	return n
}

// arrivals are the senders of the requests to change somebody who was to leave; none are known of the browser's.
func (g *ground) arrivals(s journal.Schedule) []string {
	f := g.proxies[s.Tenant]
	if f == nil {
		return nil
	}
	return f.arrivals(s.Email)
}

// judgeTenant makes sure that each who was to leave a tenant left once, in order, and that nobody else was changed.
func (g *ground) judgeTenant(name string, con *console.Console, all []journal.Schedule) (wrong []string) {
	find := func(format string, args ...any) {
		wrong = append(wrong, name+": "+fmt.Sprintf(format, args...))
	}
	times, order, unexpected := left(con)
	for _, c := range unexpected {
		find("an unexpected change: %s %s by %s", c.Action, c.Email, c.Actor)
	}
	leaves := map[string]bool{} // whether they are to be inactive at the end
	var want []string
	for _, s := range all { // sorted by time, then by id
		if s.Tenant != name {
			continue
		}
		key := userops.FoldEmail(s.Email)
		leaves[key] = g.handling(s) != returned
		if times[key] != 1 {
			find("%s was deactivated %d times", s.Email, times[key])
		}
		sent, most := g.arrivals(s), 1+g.anew[leaving{name, key}]
		if len(sent) > most {
			find("%s: %d requests to deactivate arrived, by %v, and not more than %d may", s.Email, len(sent), sent, most)
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
		if gone := leaves[userops.FoldEmail(u.Email)]; !ok || gone && now.Status != console.Inactive || !gone && now != u {
			find("%s is stored as %+v, and was %+v", u.Email, now, u)
		}
	}
	return wrong
}

// left says of a console how often each was deactivated, in which order, and what else was changed, other than that
// an administrator gave access back.
func left(con *console.Console) (times map[string]int, order []string, unexpected []console.Change) {
	times = map[string]int{}
	for _, c := range con.Changes() {
		key := userops.FoldEmail(c.Email)
		switch {
		case gaveBack(c):
		case c.Before == nil || c.After == nil || c.Before.Status == c.After.Status || c.After.Status != console.Inactive:
			unexpected = append(unexpected, c)
		default:
			times[key]++
			order = append(order, key)
		}
	}
	return times, order, unexpected
}
