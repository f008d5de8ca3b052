package userops_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for o, code := range map[userops.Outcome]int{userops.Done: 0, userops.Already: 0, userops.Halted: 2, userops.Refused: 3, userops.Requested: 4, userops.Unknown: 5} {
		assert.Equal(t, code, o.ExitCode(), o)
	}
	of := func(outcomes ...userops.Outcome) int {
		var results []userops.Result
		for _, o := range outcomes {
			results = append(results, userops.Result{Outcome: o})
		}
		return userops.ExitCodeOf(results)
	}
	assert.Equal(t, 0, of(userops.Done, userops.Already))
	assert.Equal(t, 2, of(userops.Halted, userops.Halted))
	assert.Equal(t, userops.ExitMixed, of(userops.Done, userops.Halted))
	assert.Equal(t, 0, of())
	assert.Equal(t, 0, userops.ExitCodeOf([]userops.Result{{Outcome: userops.Halted, DryRun: true, Err: userops.ErrRehearsed}}), "a rehearsal that came up to the commit")
	assert.Equal(t, 2, userops.ExitCodeOf([]userops.Result{{Outcome: userops.Halted, DryRun: true, Err: userops.ErrDrift}}))
}

func TestCheckEmail(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"ann@x.com", " ann+ap@x.com ", "o'brien@x.com", "Mixed.Case@X.com", "ann@sub.domain.example"} {
		got, err := userops.CheckEmail(good)
		require.NoError(t, err, good)
		assert.Equal(t, strings.TrimSpace(good), got)
	}
	for _, bad := range []string{"", "ann", "@x.com", "ann@", "Ann <ann@x.com>", "ann@x.com, joann@x.com", "ann@x.com\u200b", "ann\u202e@x.com", strings.Repeat("a", 250) + "@x.com"} {
		_, err := userops.CheckEmail(bad)
		require.ErrorIs(t, err, userops.ErrInput, bad)
	}
}

func TestSameEmail(t *testing.T) {
	t.Parallel()
	assert.True(t, userops.SameEmail("Ann@X.com", "ann@x.COM"))
	assert.False(t, userops.SameEmail("ann@x.com", "joann@x.com"))
	assert.False(t, userops.SameEmail("\u212Aann@x.com", "kann@x.com"), "the Kelvin sign is not a k")
}

func TestErrorNamesActTargetAndHint(t *testing.T) {
	t.Parallel()
	inner := &userops.Error{Act: "fetching the password", Kind: userops.ErrConfig, Hint: "check the reference"}
	e := &userops.Error{Act: "deactivating", Target: "ann@x.com", Tenant: "acme", Kind: userops.ErrDrift, Cause: inner}
	assert.Equal(t, "deactivating ann@x.com in tenant acme: the page is not as the selector version says: fetching the password: the configuration is not right", e.Error())
	assert.True(t, errors.Is(e, userops.ErrDrift))
	assert.True(t, errors.Is(e, userops.ErrConfig))
	assert.Equal(t, "check the reference", userops.HintOf(e))
}

func FuzzCheckEmail(f *testing.F) {
	f.Add("ann@x.com")
	f.Add("\"a b\"@x.com")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := userops.CheckEmail(s)
		if err == nil && got != strings.TrimSpace(s) {
			t.Fatalf("%q became %q", s, got)
		}
	})
}
