package operation_test

import (
	"context"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/memorypath"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// byAlias is a path on which u1 answers to a second address, as where users are looked up by several attributes.
type byAlias struct{ *memorypath.Path }

func (p *byAlias) Begin(ctx context.Context, c *change.Change) (change.Course, error) {
	c.Asked = "u1@acme.example"
	return p.Path.Begin(ctx, c)
}

func (p *byAlias) Do(ctx context.Context, rq userops.Checked, h change.Hooks) userops.Result {
	return change.Do(ctx, p, rq, h)
}

// TestWhoIsFoundByAnotherAddressIsProtected asks for somebody by an address that no pattern covers.
func TestWhoIsFoundByAnotherAddressIsProtected(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 3)
	before := o.Stored()
	d := o.open(t, func(opts *operation.Options) {
		opts.Path, opts.Policy.Protected = &byAlias{o.Path}, []string{"u1@*"}
	})
	r := d.Change(t.Context(), useropstest.Deactivate("alias@acme.example"))
	require.Equal(t, userops.Refused, r.Outcome, r.Reason)
	require.ErrorIs(t, r.Err, userops.ErrProtected)
	assert.Equal(t, before, o.Stored())
}

// unproved is a path whose lists have no proved end.
type unproved struct{ *memorypath.Path }

func (p unproved) List(
	ctx context.Context, statuses []userops.Status, each func(userops.User) error,
) (userops.Listing, error) {
	l, err := p.Path.List(ctx, statuses, each)
	l.Complete, l.Proof = false, "the list changed meanwhile"
	return l, err
}

// TestARunIsCountedOnTheWholeList has a run that would be allowed by what the list shows.
func TestARunIsCountedOnTheWholeList(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 20)
	run := []string{"u1@acme.example", "u2@acme.example", "u3@acme.example", "u4@acme.example"}
	d := o.open(t, func(opts *operation.Options) { opts.Path = unproved{o.Path} })
	require.ErrorIs(t, d.Admit(t.Context(), run), userops.ErrIncomplete)
	require.NoError(t, d.Close())
	require.NoError(t, o.open(t, nil).Admit(t.Context(), run))
}

// TestARunIsCountedUnderTheLease has another process act for the tenant: what that does is not counted yet.
func TestARunIsCountedUnderTheLease(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 3)
	holder := o.open(t, nil)
	require.Equal(t, userops.Done, holder.Change(t.Context(), useropstest.Deactivate("u3@acme.example")).Outcome)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	d := o.open(t, nil)
	require.ErrorIs(t, d.Admit(ctx, []string{"u1@acme.example"}), userops.ErrTimeout)
	require.NoError(t, holder.Close())
	require.NoError(t, d.Admit(t.Context(), []string{"u1@acme.example"}))
}

// TestARowThatMayHaveBeenCarriedOutIsNotLeft has a process end at the commit of a row: one of which nothing is
// known is not carried out again.
func TestARowThatMayHaveBeenCarriedOutIsNotLeft(t *testing.T) {
	t.Parallel()
	for at, left := range map[string]int{"run": 2, "intent done": 1} {
		o := newWorkspace(t, 3)
		batch := ""
		rows := []userops.Checked{
			useropstest.Checked(t, useropstest.Deactivate("u1@acme.example")),
			useropstest.Checked(t, useropstest.Deactivate("u2@acme.example")),
		}
		crash(t, o, at, func(d *operation.Turn) {
			var err error
			batch, err = d.BeginBatch(t.Context(), rows)
			require.NoError(t, err)
			d.DoRow(t.Context(), batch, 1, rows[0])
		})
		o.exec(t, "UPDATE operations SET intent_at = intent_at - 3600000000 WHERE intent_at > 0") // an hour ago
		d := o.open(t, nil)
		_, err := d.Resume(t.Context())
		require.NoError(t, err)
		b, err := d.Journal.Batch(t.Context(), batch)
		require.NoError(t, err)
		assert.Len(t, operation.Left(b), left, at)
	}
}
