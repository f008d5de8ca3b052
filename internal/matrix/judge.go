package main

import (
	"fmt"

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

// judge holds what was said against what is stored. from is how many changes were stored when the case began.
func judge(c Case, r userops.Result, con *console.Console, from int) (Verdict, string) {
	stored, changes := con.Users(), con.Changes()[from:]
	main, _ := con.Organisation(console.MainOrganisation)
	whom := subject(c.Action)
	effects := 0
	for _, ch := range changes {
		if ch.Actor != console.RobotEmail || ch.Action == "preferences" {
			continue
		}
		if ch.Org != main.ID {
			return Wrong, fmt.Sprintf("the robot did %s to %s in another organisation", ch.Action, ch.Email)
		}
		if ch.Action != string(c.Action) || !userops.SameEmail(ch.Email, whom) {
			return Wrong, fmt.Sprintf("the robot did %s to %s", ch.Action, ch.Email)
		}
		effects++
	}
	said := fmt.Sprintf("%s: %s", r.Outcome, r.Reason)
	if effects > 1 {
		return Duplicate, fmt.Sprintf("%d changes are stored; %s", effects, said)
	}
	holds, waits := state(c.Action, whom, stored)
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
			return Lost, "said requested, and nothing awaits approval"
		}
		return Pass, ""
	case userops.Unknown:
		return Unknown, said
	}
	if effects > 0 {
		return Lost, "it was done; " + said
	}
	if c.CanGoOn {
		return FalseAbort, said
	}
	return SafeHalt, said
}

// state says whether the change that was asked for is stored, and whether it awaits approval.
func state(a userops.Action, whom string, stored []console.User) (holds, waits bool) {
	for _, u := range stored {
		if !userops.SameEmail(u.Email, whom) {
			continue
		}
		waits = waits || u.Requested != ""
		switch a {
		case userops.Invite, userops.Reactivate:
			holds = holds || u.Status == console.Active
		case userops.Deactivate:
			holds = holds || u.Status == console.Inactive
		case userops.SetRole:
			holds = holds || u.Role == "Clerk"
		}
	}
	return holds, waits
}
