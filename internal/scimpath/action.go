package scimpath

import (
	"context"

	"github.com/billagent/billagent/internal/userops"
)

// action is what this path does for one action.
type action struct {
	needs func(m mapping) []attribute // what the service must let be written
	// carry sends what makes the change, of the user as just read (nil for a new one).
	carry func(ctx context.Context, c *course, send *sender, e *entry) error
}

var actions = map[userops.Action]action{
	userops.Invite: {
		needs: func(m mapping) []attribute { return []attribute{m.role, m.email} },
		carry: func(ctx context.Context, c *course, send *sender, _ *entry) error {
			return c.p.create(ctx, c.s, send, c.Request)
		},
	},
	userops.Deactivate: {
		needs: func(m mapping) []attribute { return []attribute{m.active} },
		carry: func(ctx context.Context, c *course, send *sender, e *entry) error {
			return c.p.alter(ctx, c.s, send, e, setting{c.p.mapping.active, false})
		},
	},
	userops.Reactivate: {
		needs: func(m mapping) []attribute { return []attribute{m.active} },
		carry: func(ctx context.Context, c *course, send *sender, e *entry) error {
			return c.p.alter(ctx, c.s, send, e, setting{c.p.mapping.active, true})
		},
	},
	userops.Rename: {
		needs: func(m mapping) []attribute { return []attribute{m.first, m.last} },
		carry: func(ctx context.Context, c *course, send *sender, e *entry) error {
			return c.p.alter(ctx, c.s, send, e, setting{c.p.mapping.first, c.FirstName}, setting{c.p.mapping.last, c.LastName})
		},
	},
	userops.SetRole: {
		needs: func(m mapping) []attribute { return []attribute{m.role} },
		carry: func(ctx context.Context, c *course, send *sender, e *entry) error {
			if c.p.mapping.grouped() {
				return c.p.regroup(ctx, c.s, send, e.user.ID, c.Role)
			}
			return c.p.alter(ctx, c.s, send, e, setting{c.p.mapping.role, c.Role})
		},
	},
}
