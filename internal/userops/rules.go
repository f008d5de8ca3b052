package userops

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Rules are what every path holds a change against when it has looked and before it acts, so that callers cannot tell
// the paths apart. Errors are of *Error.
type Rules struct {
	Tenant        string
	Self          string // the account that acts; empty where the path acts as no user
	Administrator string // the role of which one active holder must remain
	EditsInactive bool   // an inactive user's role can be changed before access is given back
}

func (r Rules) fail(act, target string, kind error, hint string) error {
	return &Error{Act: act, Target: target, Tenant: r.Tenant, Kind: kind, Hint: hint}
}

// IsSelf says whether an e-mail is the account that acts.
func (r Rules) IsSelf(email string) bool { return r.Self != "" && SameEmail(email, r.Self) }

func (r Rules) last(all Roster, u *User) bool {
	return u.Holds(r.Administrator) && u.Status == Active && all.Administrators(r.Administrator) <= 1
}

// NotFound is the error for a user that nobody is. Where somebody's address looks the same, the hint says so.
func (r Rules) NotFound(all Roster, email string) error {
	hint := "check the address, or list everybody"
	if like := all.LookalikeHint(email); like != "" {
		hint = like
	}
	return r.fail("finding", email, ErrNotFound, hint)
}

// Ended is a failed change before its commit: a guard's no is refused, everything else halted.
func Ended(err error) Outcome {
	if Refuses(err) {
		return Refused
	}
	return Halted
}

func (r Rules) waiting(act, email string) error {
	return &Error{Act: act, Target: email, Tenant: r.Tenant, Kind: ErrRejected, Cause: errors.New("the user awaits a second administrator's approval"), Hint: "let another administrator approve or reject it first"}
}

// odd is why somebody who is listed with a notice is not changed.
func (r Rules) odd(act string, u *User) error {
	return &Error{Act: act, Target: u.Email, Tenant: r.Tenant, Kind: ErrDrift, Cause: errors.New("the list shows this user in a way that is not understood: " + u.Notice), Hint: "look at this user by hand; a word or pattern that is not known can be added in the overlay folder"}
}

// Look is what a request is held against: who was found (nil: nobody) among everybody.
type Look struct {
	Request Request
	All     Roster
	User    *User
	Step    bool // the request is a step by which access is given back
}

// Decision is what the rules say.
type Decision struct {
	Outcome Outcome // empty: the change is to be made
	Err     error   // why the outcome is neither done nor already
	Instead []Step  // what is to be made in the change's place, in this order
}

// Step is a part of a change that is made of several.
type Step struct {
	Request Request
	Whole   Wanted // what all steps together must lead to
}

// Beforehand refuses what can be refused without looking at anybody.
func (r Rules) Beforehand(rq Request) Decision {
	kind, _ := KindOf(rq.Action)
	switch {
	case kind.TakesAll && r.IsSelf(rq.Email):
		return Decision{Outcome: Refused, Err: r.self(kind, rq.Email)}
	case kind.Takes(InputRole) && strings.TrimSpace(rq.Role) == "":
		return Decision{Outcome: Refused, Err: r.fail(kind.Act, rq.Email, ErrNoRole, "name the role: it has no default, since who is not told makes an administrator")}
	}
	return Decision{}
}

// Decide says whether a change is to be made of whom was found. Somebody who is listed with a notice is not
// changed, and somebody who awaits a second person's approval only once that is settled.
func (r Rules) Decide(l Look) Decision {
	k, _ := KindOf(l.Request.Action)
	switch {
	case l.User == nil && !k.Creates:
		return halt(r.NotFound(l.All, l.Request.Email))
	case l.User != nil && l.User.Notice != "":
		return halt(r.odd(k.Act, l.User))
	}
	return k.decide(r, l)
}

func halt(err error) Decision { return Decision{Outcome: Halted, Err: err} }

func refuse(err error) Decision { return Decision{Outcome: Refused, Err: err} }

func (r Rules) self(k Kind, email string) error {
	return r.fail(k.Act, email, ErrSelf, "let another administrator do it by hand")
}

const otherAdministrator = "make somebody else an administrator first"

func (r Rules) deactivate(l Look) Decision {
	const act = "deactivating"
	switch u := l.User; {
	case r.IsSelf(u.Email): // it may have been found by another name
		return refuse(r.fail(act, u.Email, ErrSelf, "let another administrator do it by hand"))
	case u.Status == Inactive:
		return Decision{Outcome: Already}
	case r.last(l.All, u):
		return refuse(r.fail(act, u.Email, ErrLastAdmin, otherAdministrator))
	case u.Status == Pending:
		return halt(r.waiting(act, u.Email))
	}
	return Decision{}
}

func (r Rules) reactivate(l Look) Decision {
	switch u := l.User; {
	case u.Status == Active:
		return Decision{Outcome: Already}
	case u.Status == Pending:
		return halt(r.waiting("reactivating", u.Email))
	}
	return Decision{}
}

func (r Rules) setRole(l Look) Decision {
	const act = "changing the role of"
	switch u := l.User; {
	case l.Step && u.Status != Inactive:
		return halt(&Error{Act: act, Target: u.Email, Tenant: r.Tenant, Kind: ErrRejected, Cause: errors.New("the user has changed meanwhile"), Hint: "run the command again"})
	case u.Role == l.Request.Role:
		return Decision{Outcome: Already}
	case u.Status == Inactive && !l.Step:
		return halt(r.fail(act, u.Email, ErrInactive, "reactivate the user first"))
	case u.Status == Pending:
		return halt(r.waiting(act, u.Email))
	case r.IsSelf(u.Email):
		return refuse(r.fail(act, u.Email, ErrSelf, "let another administrator do it by hand"))
	case l.Request.Role != r.Administrator && r.last(l.All, u):
		return refuse(r.fail(act, u.Email, ErrLastAdmin, otherAdministrator))
	}
	return Decision{}
}

func (r Rules) rename(l Look) Decision {
	u, in := l.User, l.Request
	switch {
	case in.FirstName == "" || in.LastName == "":
		return halt(&Error{Act: "renaming", Target: u.Email, Tenant: r.Tenant, Kind: ErrInput, Cause: errors.New("first and last name are needed"), Hint: "give both"})
	case spaced(u.FirstName) == spaced(in.FirstName) && spaced(u.LastName) == spaced(in.LastName): // a guess at it is not enough
		return Decision{Outcome: Already}
	case u.Status == Inactive && !r.EditsInactive:
		return halt(r.fail("renaming", u.Email, ErrInactive, "reactivate the user first"))
	case u.Status == Pending:
		return halt(r.waiting("renaming", u.Email))
	}
	return Decision{}
}

func (r Rules) invite(l Look) Decision {
	u, in := l.User, l.Request
	fail := func(kind error, why, hint string) Decision {
		return halt(&Error{Act: "inviting", Target: in.Email, Tenant: r.Tenant, Kind: kind, Cause: errors.New(why), Hint: hint})
	}
	switch {
	case u == nil && (in.FirstName == "" || in.LastName == ""):
		return fail(ErrInput, "first and last name are needed", "give both")
	case u == nil:
		return Decision{}
	case u.Status == Active && u.Role != in.Role:
		return fail(ErrOtherRole, fmt.Sprintf("the user is active with the role %s, not %s", u.Role, in.Role),
			"if the role is to change to "+in.Role+", change it explicitly")
	case !(Wanted{FirstName: in.FirstName, LastName: in.LastName}).named(u):
		return fail(ErrOtherName, fmt.Sprintf("the e-mail belongs to %s %s (%s), and the invitation is for %s %s", u.FirstName, u.LastName, u.Status, in.FirstName, in.LastName),
			"look whether it is the same person: if so, rename the user")
	case u.Status == Active:
		return Decision{Outcome: Already}
	case u.Status == Pending:
		return halt(r.waiting("inviting", u.Email))
	case !in.Reactivate:
		return fail(ErrInactive, "its e-mail belongs to an inactive user and cannot be used again",
			"reactivate instead, or invite so that an inactive user is reactivated")
	case u.Role != in.Role && !r.EditsInactive:
		return fail(ErrOtherRole, fmt.Sprintf("the inactive user would come back with the role %s, not %s: nothing was reactivated", u.Role, in.Role),
			"reactivate with the role it has, then change it to "+in.Role)
	}
	return giveBack(u, in)
}

// giveBack gives access back with the role that was asked for: the role first, so that nobody is active with
// another one.
func giveBack(u *User, in Request) Decision {
	whole := Wanted{Status: Active, Role: in.Role}
	steps := []Step{{Request: Request{Action: Reactivate, Email: u.Email}, Whole: whole}}
	if u.Role != in.Role {
		steps = append([]Step{{Request: Request{Action: SetRole, Email: u.Email, Role: in.Role}, Whole: whole}}, steps...)
	}
	return Decision{Instead: steps}
}

// KnownRole holds a role against those on offer. An error names them, and those that may have been meant.
func (r Rules) KnownRole(role string, offered []string) error {
	if slices.Contains(offered, role) {
		return nil
	}
	return &Error{Act: "choosing the role", Target: role, Tenant: r.Tenant, Kind: ErrRole, Cause: errors.New("on offer: " + strings.Join(offered, ", ")),
		Hint: ChooseOne("the roles", role, offered)}
}

// ChooseOne is the hint for a name that is not on offer.
func ChooseOne(of, name string, offered []string) string {
	hint := "choose one of " + of + " on offer"
	if near := Nearest(name, offered); len(near) > 0 {
		hint += "; perhaps " + strings.Join(near, " or ")
	}
	return hint
}
