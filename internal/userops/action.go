package userops

import "slices"

// Action names what was asked for.
type Action string

// The changing actions.
const (
	Invite     Action = "invite"
	Deactivate Action = "deactivate"
	Reactivate Action = "reactivate"
	SetRole    Action = "set-role"
	Rename     Action = "rename"
)

// Kind says everything about an action that does not depend on the path. Commands, journal, guards, paths and the
// conformance suite read it: another action is another row of Kinds.
type Kind struct {
	Action Action
	Act    string  // in messages: "deactivating"
	Flow   string  // the flow that does it in a console
	Inputs []Input // what a request may carry beside the e-mail

	TakesAway bool   // something is taken from the user: not from anybody on the protected list
	TakesAll  bool   // access is taken away: it counts against the limit of deactivations, and nobody does it to oneself
	Creates   bool   // the user need not be there yet
	Follows   string // what a console may ask afterwards; empty: nothing

	decide func(Rules, Look) Decision
	wanted func(Request, *User) Wanted
}

// Kinds is the table of actions.
var Kinds = []Kind{
	{
		Action: Invite, Act: "inviting", Flow: "invite", Inputs: []Input{InputFirstName, InputLastName, InputRole, InputTimeZone},
		Creates: true, Follows: "e-mail preferences", decide: Rules.invite,
		wanted: func(r Request, _ *User) Wanted {
			return Wanted{Status: Active, Role: r.Role, FirstName: r.FirstName, LastName: r.LastName, TimeZone: r.TimeZone}
		},
	},
	{
		Action: Deactivate, Act: "deactivating", Flow: "deactivate", TakesAway: true, TakesAll: true, decide: Rules.deactivate,
		wanted: func(Request, *User) Wanted { return Wanted{Status: Inactive} },
	},
	{
		Action: Reactivate, Act: "reactivating", Flow: "reactivate", decide: Rules.reactivate,
		wanted: func(Request, *User) Wanted { return Wanted{Status: Active} },
	},
	{
		Action: SetRole, Act: "changing the role of", Flow: "set-role", Inputs: []Input{InputRole}, TakesAway: true, decide: Rules.setRole,
		wanted: wantRole,
	},
	{
		Action: Rename, Act: "renaming", Flow: "rename", Inputs: []Input{InputFirstName, InputLastName}, decide: Rules.rename, wanted: wantName,
	},
}

// wantName wants the status kept, too.
func wantName(r Request, found *User) Wanted {
	w := Wanted{FirstName: r.FirstName, LastName: r.LastName}
	if found != nil {
		w.Status = found.Status
	}
	return w
}

// wantRole wants the status kept: a role that is stored with access taken away is not what was asked for.
func wantRole(r Request, found *User) Wanted {
	w := Wanted{Role: r.Role}
	if found != nil {
		w.Status = found.Status
	}
	return w
}

// KindOf finds an action's row.
func KindOf(a Action) (Kind, bool) {
	for _, k := range Kinds {
		if k.Action == a {
			return k, true
		}
	}
	return Kind{}, false
}

// Actions are all actions, in the order of Kinds.
func Actions() []Action {
	out := make([]Action, len(Kinds))
	for i, k := range Kinds {
		out[i] = k.Action
	}
	return out
}

// Takes says whether the action takes an input.
func (k Kind) Takes(in Input) bool { return slices.Contains(k.Inputs, in) }

// Wanted is what a read-back must see of the user for a request to be done. found is the user as it was, nil for
// nobody.
func (k Kind) Wanted(r Request, found *User) Wanted { return k.wanted(r, found) }

// KindOfFlow is the action that the flow of a name does; false for one that does none.
func KindOfFlow(name string) (Kind, bool) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Flow == name })
	if i < 0 {
		return Kind{}, false
	}
	return Kinds[i], true
}
