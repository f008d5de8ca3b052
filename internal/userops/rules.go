package userops

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Rules are what every path holds a change against when it has looked and before it acts, so that callers cannot tell
// the paths apart. Each method is given who was found (nil: nobody) among everybody, and returns an empty outcome if the
// change is to be made. Errors are of *Error.
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
	hint := "check the address, or list everyone with: billagent users list --status all"
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
	return &Error{Act: act, Target: email, Tenant: r.Tenant, Kind: ErrRejected, Cause: errors.New("the user awaits a second administrator's approval"), Hint: "let another administrator approve or reject it in the console first"}
}

// odd is why somebody who is listed with a notice is not changed.
func (r Rules) odd(act string, u *User) error {
	return &Error{Act: act, Target: u.Email, Tenant: r.Tenant, Kind: ErrDrift, Cause: errors.New("the list shows this user in a way that is not understood: " + u.Notice), Hint: "look at this user in the console; a word or pattern that is not known can be added in the overlay folder"}
}

// Deactivate decides about taking access from somebody.
func (r Rules) Deactivate(all Roster, u *User, email string) (Outcome, error) {
	switch {
	case r.IsSelf(email), u != nil && r.IsSelf(u.Email): // it may have been found by another name
		return Refused, r.fail("deactivating", email, ErrSelf, "let another administrator do it by hand")
	case u == nil:
		return Halted, r.NotFound(all, email)
	case u.Notice != "":
		return Halted, r.odd("deactivating", u)
	case u.Status == Inactive:
		return Already, nil
	case r.last(all, u):
		return Refused, r.fail("deactivating", u.Email, ErrLastAdmin, "make somebody else an administrator first")
	case u.Status == Pending:
		return Halted, r.waiting("deactivating", u.Email)
	}
	return "", nil
}

// Reactivate decides about giving access back.
func (r Rules) Reactivate(all Roster, u *User, email string) (Outcome, error) {
	switch {
	case u == nil:
		return Halted, r.NotFound(all, email)
	case u.Notice != "":
		return Halted, r.odd("reactivating", u)
	case u.Status == Active:
		return Already, nil
	case u.Status == Pending:
		return Halted, r.waiting("reactivating", u.Email)
	}
	return "", nil
}

// SetRole decides about another role for somebody.
func (r Rules) SetRole(all Roster, u *User, email, role string) (Outcome, error) {
	const act = "changing the role of"
	switch {
	case strings.TrimSpace(role) == "":
		return Refused, r.fail(act, email, ErrNoRole, "name the role with --role")
	case u == nil:
		return Halted, r.NotFound(all, email)
	case u.Notice != "":
		return Halted, r.odd(act, u)
	case u.Role == role:
		return Already, nil
	case u.Status == Inactive:
		return Halted, r.fail(act, u.Email, ErrInactive, "reactivate the user first: billagent users reactivate "+u.Email)
	case u.Status == Pending:
		return Halted, r.waiting(act, u.Email)
	case r.IsSelf(u.Email):
		return Refused, r.fail(act, u.Email, ErrSelf, "let another administrator do it by hand")
	case role != r.Administrator && r.last(all, u):
		return Refused, r.fail(act, u.Email, ErrLastAdmin, "make somebody else an administrator first")
	}
	return "", nil
}

// Invite decides about a new user. Reactivating is true where an inactive user is to be reactivated instead.
func (r Rules) Invite(u *User, in Invitation) (out Outcome, reactivating bool, err error) {
	switch {
	case strings.TrimSpace(in.Role) == "":
		return Refused, false, r.fail("inviting", in.Email, ErrNoRole, "name the role with --role: a console that is not told makes an administrator")
	case u == nil && (strings.TrimSpace(in.FirstName) == "" || strings.TrimSpace(in.LastName) == ""):
		return Halted, false, &Error{Act: "inviting", Target: in.Email, Tenant: r.Tenant, Kind: ErrInput, Cause: errors.New("first and last name are needed"), Hint: "give --first-name and --last-name"}
	case u == nil:
		return "", false, nil
	case u.Notice != "":
		return Halted, false, r.odd("inviting", u)
	case u.Status == Active && u.Role != in.Role:
		return Halted, false, &Error{Act: "inviting", Target: u.Email, Tenant: r.Tenant, Kind: ErrOtherRole, Cause: fmt.Errorf("the user is active with the role %s, not %s", u.Role, in.Role),
			Hint: fmt.Sprintf("if the role is to change: billagent users set-role %s --role %q", u.Email, in.Role)}
	case u.Status == Active:
		return Already, false, nil
	case u.Status == Pending:
		return Halted, false, r.waiting("inviting", u.Email)
	case in.Reactivate && u.Role != in.Role && !r.EditsInactive:
		return Halted, false, &Error{Act: "inviting", Target: u.Email, Tenant: r.Tenant, Kind: ErrOtherRole, Cause: fmt.Errorf("the inactive user would come back with the role %s, not %s: nothing was reactivated", u.Role, in.Role),
			Hint: fmt.Sprintf("reactivate with the role it has: billagent users reactivate %[1]s, then: billagent users set-role %[1]s --role %[2]q", u.Email, in.Role)}
	case in.Reactivate:
		return Already, true, nil
	}
	return Halted, false, &Error{Act: "inviting", Target: u.Email, Tenant: r.Tenant, Kind: ErrInactive, Cause: errors.New("its e-mail belongs to an inactive user and cannot be used again"), Hint: "reactivate instead: billagent users reactivate " + u.Email + ", or invite with --reactivate"}
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
