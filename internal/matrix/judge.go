package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
)

// Verdict is what a case came to, by what the console has stored.
type Verdict string

// The verdicts. The first three are right; the fourth is a nuisance; the next three must not be.
const (
	Pass       Verdict = "pass"        // it was done, or asked for, or held already, and is so
	SafeHalt   Verdict = "safe halt"   // nothing was done, and that was said
	Unknown    Verdict = "unknown"     // a person must look
	FalseAbort Verdict = "false abort" // nothing was done, though one could have gone on
	Wrong      Verdict = "wrong action"
	Duplicate  Verdict = "duplicate"
	Lost       Verdict = "lost"   // what was said is not so
	Broken     Verdict = "broken" // the matrix itself could not try the case
)

var verdicts = []Verdict{Pass, SafeHalt, FalseAbort, Wrong, Duplicate, Lost, Unknown, Broken}

// Judgement is a case with its verdict.
type Judgement struct {
	Case    Case
	Verdict Verdict
	Why     string
	TookMS  int64
}

// judge holds what was said against what is stored: the whole of the person, everybody else, and what arrived. from is
// how many changes were stored when the case began.
func judge(c Case, r userops.Result, con *console.Console, from int) (Verdict, string) {
	effects, wrong := effectsOf(c, con, from)
	if wrong != "" {
		return Wrong, wrong
	}
	said := fmt.Sprintf("%s: %s", r.Outcome, r.Reason)
	if effects > 1 && !c.Resends {
		return Duplicate, fmt.Sprintf("%d changes are stored; %s", effects, said)
	}
	if effects > 1 && !strings.Contains(said+strings.Join(r.Notices, "\n"), "more than one may have arrived") {
		return Lost, fmt.Sprintf("%d changes arrived, and nothing was said of that; %s", effects, said)
	}
	holds, waits := state(c, subject(c.Action), con.Users())
	switch r.Outcome {
	case userops.Done:
		if !holds || effects == 0 && c.Kill == nil {
			return Lost, fmt.Sprintf("said done; stored: holds %v, effects %d", holds, effects)
		}
		return Pass, ""
	case userops.Already:
		if !holds || effects > 0 {
			return Lost, fmt.Sprintf("said already; stored: holds %v, effects %d", holds, effects)
		}
		return Pass, ""
	case userops.Requested:
		if !waits {
			return Lost, "said requested, and it does not await approval"
		}
		return Pass, ""
	case userops.Unknown:
		if (c.Group == "differs" || c.Group == "unsaid") && !slices.Contains(c.May, Unknown) && c.CanGoOn {
			return FalseAbort, said
		}
		return Unknown, said
	}
	if effects > 0 {
		return Lost, "it was done; " + said
	}
	return halted(c, said)
}

// halted judges that nothing was done.
func halted(c Case, why string) (Verdict, string) {
	if c.CanGoOn {
		return FalseAbort, why
	}
	return SafeHalt, why
}

// effectsOf counts how often the robot has stored what the case is about. wrong says what else it has stored.
func effectsOf(c Case, con *console.Console, from int) (effects int, wrong string) {
	main, _ := con.Organisation(console.MainOrganisation)
	for _, ch := range con.Changes()[from:] {
		if ch.Actor != console.RobotEmail {
			continue
		}
		if ch.Org != main.ID {
			return 0, fmt.Sprintf("the robot did %s to %s in another organisation", ch.Action, ch.Email)
		}
		preferences := ch.Action == "preferences" && c.Action == userops.Invite
		if ch.Action != string(c.Action) && !preferences || !userops.SameEmail(ch.Email, subject(c.Action)) {
			return 0, fmt.Sprintf("the robot did %s to %s", ch.Action, ch.Email)
		}
		if preferences {
			continue
		}
		if but := amiss(c, ch.After); but != "" {
			return 0, fmt.Sprintf("the robot did %s to %s, but with %s", ch.Action, ch.Email, but)
		}
		effects++
	}
	return effects, ""
}

// amiss says what of a person that the robot has changed is not as it was asked for, "" for nothing. Whoever is to be
// invited is compared as a whole.
func amiss(c Case, u *console.User) string {
	if u == nil || u.Requested != "" && c.Action != userops.Invite {
		return ""
	}
	type field struct{ name, is, want string }
	var fields []field
	switch c.Action {
	case userops.Invite:
		fields = []field{{"first name", u.FirstName, "Nora"}, {"last name", u.LastName, "New"}, {"role", u.Role, "Approver"}}
		if c.Zone != "" {
			fields = append(fields, field{"time zone", u.TimeZone, c.Zone})
		}
	case userops.Rename:
		fields = []field{{"first name", u.FirstName, "Nora"}, {"last name", u.LastName, "New"}}
	case userops.SetRole:
		fields = []field{{"role", u.Role, "Clerk"}}
	case userops.Deactivate:
		fields = []field{{"status", u.Status, console.Inactive}}
	case userops.Reactivate:
		fields = []field{{"status", u.Status, console.Active}}
	}
	for _, f := range fields {
		if f.is != f.want {
			return fmt.Sprintf("%s %q instead of %q", f.name, f.is, f.want)
		}
	}
	return ""
}

// state says whether the whole of the change that was asked for is stored, and whether it awaits approval.
func state(c Case, whom string, stored []console.User) (holds, waits bool) {
	for _, u := range stored {
		if !userops.SameEmail(u.Email, whom) {
			continue
		}
		waits = waits || u.Requested == string(c.Action)
		if amiss(c, &u) == "" && u.Requested == "" {
			holds = holds || c.Action != userops.Invite || u.Status == console.Active
		}
	}
	return holds, waits
}
