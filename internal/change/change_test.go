package change_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/memorypath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	ann  = "ann@acme.example"
	gone = "gone@acme.example"
)

// scripted is a path over memory whose commits and answers a test makes up.
type scripted struct {
	*memorypath.Path
	traits change.Traits
	commit func(c *change.Change, n int, do func() (change.Commit, error)) (change.Commit, error)
	n      int

	unproved bool // its lists have no proved end
	once     bool // its lists are read once, and lack the last who is active, unless everybody is to be read now
}

func newScripted(commit func(c *change.Change, n int, do func() (change.Commit, error)) (change.Commit, error)) *scripted {
	traits := change.Traits{Name: "scripted", Noun: "service", Late: 20 * time.Millisecond, Hang: time.Minute}
	return &scripted{Path: memorypath.New(useropstest.Self, useropstest.Seed()...), traits: traits, commit: commit}
}

func (s *scripted) Traits() change.Traits { return s.traits }

func (s *scripted) Rules() userops.Rules {
	r := s.Path.Rules()
	r.EditsInactive = true
	return r
}

func (s *scripted) Begin(ctx context.Context, c *change.Change) (change.Course, error) {
	inner, err := s.Path.Begin(ctx, c)
	return &course{inner, s, c}, err
}

func (s *scripted) stored(t *testing.T, email string) userops.User {
	t.Helper()
	u, err := s.Get(t.Context(), email)
	require.NoError(t, err)
	return u
}

type course struct {
	change.Course
	s *scripted
	c *change.Change
}

func (c *course) Look(ctx context.Context) (userops.Roster, *userops.User, error) {
	all, found, err := c.Course.Look(ctx)
	if c.s.unproved {
		all.Complete, all.Proof = false, "the list changed meanwhile"
	}
	if c.s.once && !c.c.Anew {
		last := len(all.Users) - 1
		for all.Users[last].Status != userops.Active {
			last--
		}
		all.Users, all.Once = slices.Delete(slices.Clone(all.Users), last, last+1), true
	}
	return all, found, err
}

func (c *course) Commit(ctx context.Context) (change.Commit, error) {
	c.s.n++
	return c.s.commit(c.c, c.s.n, func() (change.Commit, error) { return c.Course.Commit(ctx) })
}

// sent is a change whose answer a test makes up.
type sent struct {
	heard change.Heard
	waits bool
}

func (s sent) Heard(context.Context, bool) change.Heard             { return s.heard }
func (s sent) Waits(context.Context, *userops.User, bool) bool      { return s.waits }
func (s sent) Notices(*userops.User) []string                       { return nil }
func (s sent) Remarks() []string                                    { return []string{"a remark"} }
func (s sent) End(context.Context, *change.Change, userops.Outcome) {}

var errNo = &userops.Error{Act: "deactivating", Kind: userops.ErrRejected, Hint: "do what it says"}

// answered does the change or not, and answers as told.
func answered(does bool, s sent, err error) func(*change.Change, int, func() (change.Commit, error)) (change.Commit, error) {
	return func(_ *change.Change, _ int, do func() (change.Commit, error)) (change.Commit, error) {
		if does {
			if _, err := do(); err != nil {
				return change.Commit{}, err
			}
		}
		return change.Commit{Submission: s}, err
	}
}

func TestWhatBecameOfACommit(t *testing.T) {
	t.Parallel()
	refused := change.Heard{Answer: change.Refused, Words: "no", Why: errNo}
	declined := change.Heard{Answer: change.Declined, Words: "busy", Why: errNo}
	doubtful := change.Heard{Answer: change.Accepted, Doubt: errors.New("a socket was used"), DoubtHint: "look"}
	for name, c := range map[string]struct {
		does bool
		sent sent
		err  error
		want userops.Outcome
		kind error
	}{
		"accepted and so":                {true, sent{heard: change.Heard{Answer: change.Accepted}}, nil, userops.Done, nil},
		"accepted and not so":            {false, sent{heard: change.Heard{Answer: change.Accepted}}, nil, userops.Unknown, userops.ErrUnverified},
		"lost and so":                    {true, sent{}, errors.New("reset"), userops.Done, nil},
		"lost and not so":                {false, sent{}, errors.New("reset"), userops.Unknown, userops.ErrUnverified},
		"refused and not so":             {false, sent{heard: refused}, errNo, userops.Halted, userops.ErrRejected},
		"refused and so":                 {true, sent{heard: refused}, errNo, userops.Already, nil},
		"declined and not so":            {false, sent{heard: declined}, errNo, userops.Halted, userops.ErrRejected},
		"declined and so":                {true, sent{heard: declined}, errNo, userops.Done, nil},
		"in doubt and so":                {true, sent{heard: doubtful}, nil, userops.Unknown, userops.ErrUnverified},
		"a second person is asked":       {false, sent{heard: change.Heard{Answer: change.Accepted}, waits: true}, nil, userops.Requested, userops.ErrApproval},
		"perhaps a second person, or so": {true, sent{heard: change.Heard{Answer: change.Accepted}, waits: true}, nil, userops.Done, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScripted(answered(c.does, c.sent, c.err))
			r := s.change(t, useropstest.Deactivate(ann))
			require.Equal(t, c.want, r.Outcome, r.Reason)
			if c.kind != nil {
				require.ErrorIs(t, r.Err, c.kind)
			}
			if c.want == userops.Unknown {
				assert.Contains(t, r.Reason, "looked until")
				assert.Contains(t, r.Reason, "a remark")
			}
			assert.Equal(t, c.does, s.stored(t, ann).Status == userops.Inactive)
			assert.Equal(t, 1, s.n, "it is committed once")
		})
	}
}

// TestACommitIsMadeOnceMoreOnlyWhenTheFirstCanNoLongerCome has an answer that nobody was signed in, and a change that is
// stored a while after it, or never.
func TestACommitIsMadeOnceMoreOnlyWhenTheFirstCanNoLongerCome(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stored  bool
		commits int
	}{"stored late": {true, 1}, "never": {false, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScripted(func(_ *change.Change, n int, do func() (change.Commit, error)) (change.Commit, error) {
				if n > 1 {
					return do()
				}
				if c.stored {
					time.AfterFunc(300*time.Millisecond, func() { _, _ = do() })
				}
				return change.Commit{Submission: sent{heard: change.Heard{Answer: change.Unseen, Words: "401", Why: errNo}}}, nil
			})
			s.traits.Soon, s.traits.Late = 20*time.Millisecond, 2*time.Second
			r := s.change(t, useropstest.Deactivate(ann))
			assert.Equal(t, userops.Done, r.Outcome, r.Reason)
			assert.Equal(t, c.commits, s.n)
			assert.Equal(t, c.stored, strings.Contains(strings.Join(r.Notices, ""), "nobody was signed in"))
		})
	}
}

func (s *scripted) change(t *testing.T, rq userops.Request) userops.Result {
	t.Helper()
	return change.Ask(t.Context(), s, rq)
}

// TestAPartOfAChangeIsSaidToBeOne gives a role to an inactive user, and then is refused to give access back.
func TestAPartOfAChangeIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	in := userops.Request{Action: userops.Invite, Email: gone, FirstName: "Gordon", LastName: "Gone", Role: "Clerk", Reactivate: true}
	s := newScripted(func(c *change.Change, _ int, do func() (change.Commit, error)) (change.Commit, error) {
		if c.Action == userops.Reactivate {
			return change.Commit{Submission: sent{heard: change.Heard{Answer: change.Refused, Words: "no", Why: errNo}}}, errNo
		}
		return do()
	})
	r := s.change(t, in)
	require.Equal(t, userops.Unknown, r.Outcome, "the role is stored, so it is neither done nor halted")
	require.ErrorIs(t, r.Err, userops.ErrUnverified)
	assert.EqualValues(t, "not_verified", r.Code)
	assert.Contains(t, r.Reason, "a part of it is done")
	assert.Equal(t, "Payer", r.Before.Role)
	assert.Equal(t, userops.Invite, r.Action)
	now := s.stored(t, gone)
	assert.Equal(t, []any{"Clerk", userops.Inactive}, []any{now.Role, now.Status})

	whole := newScripted(func(_ *change.Change, _ int, do func() (change.Commit, error)) (change.Commit, error) { return do() })
	var wanted []userops.Wanted
	normal, err := in.Check()
	require.NoError(t, err)
	r = change.Do(t.Context(), whole, normal, change.Hooks{Intent: func(_ context.Context, _ *userops.User, w userops.Wanted) error {
		wanted = append(wanted, w)
		return nil
	}})
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, 2, whole.n)
	all := userops.Wanted{Status: userops.Active, Role: "Clerk"}
	assert.Equal(t, []userops.Wanted{all, all}, wanted, "what is written down is what the whole must lead to")
}

// TestAChangeIsTriedAgainOnce has somebody else change the user at each commit.
func TestAChangeIsTriedAgainOnce(t *testing.T) {
	t.Parallel()
	again := func(*change.Change, int, func() (change.Commit, error)) (change.Commit, error) {
		return change.Commit{Again: true}, errNo
	}
	s := newScripted(again)
	r := s.change(t, useropstest.Deactivate(ann))
	require.Equal(t, userops.Halted, r.Outcome)
	assert.Equal(t, 2, s.n)

	other := newScripted(nil)
	other.commit = func(c *change.Change, n int, _ func() (change.Commit, error)) (change.Commit, error) {
		other.Edit(func(us []userops.User) []userops.User {
			for i := range us {
				if us[i].Email == ann {
					us[i].Status = userops.Inactive
				}
			}
			return us
		})
		return again(c, n, nil)
	}
	r = other.change(t, useropstest.Deactivate(ann))
	require.Equal(t, userops.Already, r.Outcome, r.Reason)
	assert.Contains(t, r.Notices, "somebody else did it meanwhile")
	r = other.change(t, useropstest.SetRole(ann, "Clerk"))
	require.ErrorIs(t, r.Err, userops.ErrInactive)
}

// TestNobodyIsChangedOnAListThatIsNotWhole has somebody be found on a list whose end is not proved.
func TestNobodyIsChangedOnAListThatIsNotWhole(t *testing.T) {
	t.Parallel()
	s := newScripted(nil)
	s.unproved = true
	before := s.Stored()
	for _, rq := range []userops.Request{
		useropstest.Deactivate(ann),
		{Action: userops.Invite, Email: "new@acme.example", FirstName: "N", LastName: "N", Role: "Clerk"},
	} {
		r := s.change(t, rq)
		assert.Equal(t, userops.Halted, r.Outcome, r.Action)
		require.ErrorIs(t, r.Err, userops.ErrIncomplete, r.Action)
	}
	assert.Zero(t, s.n)
	assert.Equal(t, before, s.Stored())
}

// TestARequestThatIsNotWellFormedIsHalted names what is wrong before anything is looked at.
func TestARequestThatIsNotWellFormedIsHalted(t *testing.T) {
	t.Parallel()
	s := newScripted(nil)
	for says, rq := range map[string]userops.Request{
		"there is no such action": {Action: "promote", Email: ann}, "it is not an address": useropstest.Deactivate("ann"),
		"the role does not go with it": {Action: userops.Deactivate, Email: ann, Role: "Clerk"}, "invisible": useropstest.SetRole(ann, "Cl\u200berk"),
	} {
		r := s.change(t, rq)
		assert.Equal(t, userops.Halted, r.Outcome, says)
		require.ErrorIs(t, r.Err, userops.ErrInput, says)
		assert.Contains(t, r.Reason, says)
		assert.Equal(t, rq.Email, r.Email)
	}
	assert.Zero(t, s.n)
}

// TestALimitRefusesByTwoReadings has more active people be there than a list that was read once shows.
func TestALimitRefusesByTwoReadings(t *testing.T) {
	t.Parallel()
	s := newScripted(answered(true, sent{heard: change.Heard{Answer: change.Accepted}}, nil))
	s.once = true
	limit := &userops.Error{Act: "deactivating", Kind: userops.ErrLimit}
	var counted []int
	r := change.Do(t.Context(), s, useropstest.Checked(t, useropstest.Deactivate(ann)), change.Hooks{Found: func(_ context.Context, f change.Found) error {
		counted = append(counted, f.Active)
		if len(counted) > 1 && f.Active > counted[0] {
			return nil
		}
		return limit
	}})
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Len(t, counted, 2, "it is asked again of everybody, read now")
}
