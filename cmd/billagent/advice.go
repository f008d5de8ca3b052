package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/billagent/billagent/internal/userops"
)

// advice says which command, or flag, does what a hint tells: what stands below this package names none, since
// another face of it has no commands. A reason that is not here needs no command.
var advice = map[error]func(w wish) string{
	userops.ErrNotFound:  func(wish) string { return "billagent users list --status all" },
	userops.ErrRole:      func(wish) string { return "billagent roles list" },
	userops.ErrNoRole:    func(wish) string { return "--role ROLE" },
	userops.ErrInactive:  func(w wish) string { return "billagent users reactivate " + w.email + orInvite(w) },
	userops.ErrOtherRole: otherRole,
	userops.ErrOtherName: func(w wish) string {
		return "billagent users rename " + w.email + " --first-name NAME --last-name NAME"
	},
	userops.ErrDrift:        func(wish) string { return "billagent doctor --report doctor.html" },
	userops.ErrUnknownUI:    func(wish) string { return "billagent doctor --report doctor.html" },
	userops.ErrSignInHalted: func(wish) string { return "billagent doctor --sign-in --report doctor.html" },
	userops.ErrCredentials:  func(wish) string { return "billagent login" },
	userops.ErrOrganisation: func(wish) string { return "billagent login" },
	userops.ErrBrowser:      func(wish) string { return "billagent browser install" },
	userops.ErrLost:         func(wish) string { return "billagent ops adopt" },
	userops.ErrDamaged:      func(wish) string { return "billagent ops adopt" },
	userops.ErrTimeout:      func(wish) string { return "--timeout TIME" },
	userops.ErrLimit:        func(wish) string { return "--limit N --reason TEXT" },
	userops.ErrRehearsed:    func(wish) string { return "to make the change, billagent users without --dry-run" },
	userops.ErrFrozen: func(w wish) string {
		return "billagent thaw --tenant " + either(w.tenant, "NAME") + ", or --all (billagent freeze --list says which)"
	},
	userops.ErrPast:      func(wish) string { return "--now" },
	userops.ErrScheduled: func(wish) string { return "billagent offboard list" },
	userops.ErrLease:     func(w wish) string { return "billagent ops show " + either(w.op, "OP") },
}

// wish is what a result or an error is about, as far as it is known.
type wish struct {
	tenant, op, email, role string
	batch                   string // what it is one of; empty for none
	invites                 bool
	inactive                bool // the user was found inactive
}

func orInvite(w wish) string {
	if w.invites {
		return ", or the same with --reactivate"
	}
	return ""
}

func otherRole(w wish) string {
	role := fmt.Sprintf("billagent users set-role %s --role %q", w.email, either(w.role, "ROLE"))
	if w.inactive {
		return "billagent users reactivate " + w.email + ", then " + role
	}
	return role
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// leftOver are the reasons for which a change of a batch is not begun, and can be gone on with.
var leftOver = []userops.Code{userops.CodeOf(userops.ErrCancelled), userops.CodeOf(userops.ErrTimeout), userops.CodeOf(userops.ErrOutput)}

// advised adds to a result's hint the command that does it. of tells what the result does not.
func (a *app) advised(r userops.Result, of wish) userops.Result {
	if of.batch != "" && slices.Contains(leftOver, r.Code) {
		r.Hint = joined(r.Hint, "billagent ops resume --batch "+of.batch)
		return r
	}
	say, ok := advice[userops.ReasonFor(r.Code)]
	if !ok {
		return r
	}
	of.tenant, of.op, of.email, of.invites = a.tenantName, r.Op, r.Email, r.Action == userops.Invite
	of.inactive = r.Before != nil && r.Before.Status == userops.Inactive
	r.Hint = joined(r.Hint, say(of))
	return r
}

// hintOf is an error's hint with the command that does it.
func (a *app) hintOf(err error) string {
	hint := userops.HintOf(err)
	say, ok := advice[userops.ReasonFor(userops.CodeOf(err))]
	if !ok {
		return hint
	}
	w := wish{tenant: a.tenantName}
	var e *userops.Error
	if errors.As(err, &e) {
		w.tenant, w.email = either(e.Tenant, w.tenant), e.Target
	}
	return joined(hint, say(w))
}

func joined(hint, command string) string {
	switch {
	case hint == "":
		return command
	case command == "":
		return hint
	}
	return hint + ": " + command
}
