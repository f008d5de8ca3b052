package operation_test

import (
	"context"
	"testing"

	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// counted is a path of which lists are counted.
type counted struct {
	change.Path
	lists int
}

func (c *counted) List(ctx context.Context, s []userops.Status, each func(userops.User) error) (userops.Listing, error) {
	c.lists++
	return c.Path.List(ctx, s, each)
}

// TestNobodyIsCountedWhereAnyNumberOfActiveUsersWouldAllowIt admits runs of several sizes to a tenant of 40.
func TestNobodyIsCountedWhereAnyNumberOfActiveUsersWouldAllowIt(t *testing.T) {
	t.Parallel()
	people := func(n int) (out []string) {
		for i := range n {
			out = append(out, "u"+string(rune('1'+i))+"@acme.example")
		}
		return out
	}
	for name, c := range map[string]struct {
		limit, run, lists int
		refused           bool
	}{
		"three by default":        {0, 3, 0, false},
		"four by default":         {0, 4, 1, false},
		"nine by default":         {0, 9, 1, true},
		"all that is allowed":     {5, 5, 0, false},
		"more than is allowed":    {5, 6, 1, true},
		"fewer than the smallest": {2, 3, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newWorkspace(t, 40)
			path := &counted{Path: o.Path}
			d := o.open(t, func(opts *operation.Options) { opts.Path, opts.Limit, opts.Reason = path, c.limit, "a test" })
			err := d.Admit(t.Context(), people(c.run))
			assert.Equal(t, c.lists, path.lists)
			if c.refused {
				require.ErrorIs(t, err, userops.ErrLimit)
				return
			}
			require.NoError(t, err)
		})
	}
}
