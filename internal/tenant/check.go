package tenant

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/billagent/billagent/internal/userops"
)

// Finding is one thing that was looked at of a tenant's connection.
type Finding struct {
	Path  string `json:"path"`
	Check string `json:"check"` // sign-in, users, permissions, capabilities or roles
	OK    bool   `json:"ok"`
	Says  string `json:"says"`
	Hint  string `json:"hint"`
}

// Check tries every path that may serve the tenant, end to end and without changing anything. It goes on after a
// failure with what may work all the same.
func (d *Directory) Check(ctx context.Context, found func(Finding)) {
	for _, m := range d.members {
		p, err := d.open(ctx, m)
		if err != nil {
			found(failed(m.name, "sign-in", err))
			continue
		}
		check(ctx, m.registration, p, m.signedIn(d.tenant), found)
	}
}

func failed(path, what string, err error) Finding {
	return Finding{Path: path, Check: what, Says: userops.ReasonOf(err), Hint: userops.HintOf(err)}
}

func check(ctx context.Context, by registration, dir userops.Reader, signedIn string, found func(Finding)) {
	path := by.name
	say := func(what, format string, args ...any) {
		found(Finding{Path: path, Check: what, OK: true, Says: fmt.Sprintf(format, args...)})
	}
	can, err := dir.Capabilities(ctx) // this signs in
	if err != nil {
		found(failed(path, "sign-in", err))
		return
	}
	counts := map[userops.Status]int{}
	l, err := dir.List(ctx, nil, func(u userops.User) error { counts[u.Status]++; return nil })
	switch {
	case err != nil:
		found(failed(path, "users", err))
		return
	case l.SelectorVersion != "":
		signedIn += ", user interface " + l.SelectorVersion
	}
	say("sign-in", "%s", signedIn)
	users := fmt.Sprintf("%d active, %d inactive, %d pending; %s", counts[userops.Active], counts[userops.Inactive], counts[userops.Pending], l.Proof)
	if l.Complete {
		say("users", "%s", users)
	} else {
		found(Finding{Path: path, Check: "users", Says: users, Hint: "changes are halted as long as the list cannot be read to its proved end"})
	}
	names, rolesErr := dir.Roles(ctx)
	switch {
	case rolesErr == nil && by.proves != "":
		say("permissions", "%s", by.proves)
	case rolesErr == nil || !errors.Is(rolesErr, userops.ErrCredentials):
		say("permissions", "users may be listed; whether they may be changed is only known once a change is tried")
	}
	capable(path, can, say, found)
	if rolesErr != nil {
		found(failed(path, "roles", rolesErr))
		return
	}
	say("roles", "%s", strings.Join(names, ", "))
}

func capable(path string, can userops.Capabilities, say func(string, string, ...any), found func(Finding)) {
	var actions []string
	for _, a := range can.Can {
		actions = append(actions, string(a))
	}
	text := "can " + strings.Join(actions, ", ")
	if len(can.Cannot) > 0 {
		text += "; lacks " + strings.Join(can.Cannot, "; ")
	}
	if len(actions) == len(userops.Kinds) {
		say("capabilities", "%s", text)
		return
	}
	found(Finding{Path: path, Check: "capabilities", Says: text, Hint: "with path auto, what one path cannot do is done by the other"})
}
