package policy_test

import (
	"testing"

	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheDefaultLimit(t *testing.T) {
	t.Parallel()
	for active, limit := range map[int]int{0: 3, 1: 3, 15: 3, 19: 3, 20: 4, 100: 20, 125: 25, 10_000: 25} {
		assert.Equal(t, limit, policy.Default(active), active)
	}
}

func TestAllow(t *testing.T) {
	t.Parallel()
	p := policy.Policy{Tenant: "acme"}
	require.NoError(t, p.Allow(0, 3, 2))
	require.NoError(t, p.Allow(19, 1, 81))
	err := p.Allow(20, 1, 80)
	require.ErrorIs(t, err, userops.ErrLimit)
	assert.Contains(t, err.Error(), "1 now and 20 in the last hour; allowed are 20")
	assert.Contains(t, userops.HintOf(err), "allow 21 explicitly")
	p.Limit = 21
	require.NoError(t, p.Allow(20, 1, 80))
	require.Error(t, p.Allow(21, 1, 10_000), "an explicit number is the number")
	p.Limit = 1
	require.Error(t, p.Allow(1, 1, 100), "also where it is less than the default")
}

func TestProtect(t *testing.T) {
	t.Parallel()
	p := policy.Policy{Protected: []string{"ceo@acme.example", "*@board.example", "svc-?@acme.example"}}
	for _, e := range []string{"ceo@acme.example", " CEO@Acme.example ", "anyone@board.example", "any/one@board.example", "svc-1@acme.example"} {
		require.ErrorIs(t, p.Protect(userops.Deactivate, e), userops.ErrProtected, e)
		require.ErrorIs(t, p.Protect(userops.SetRole, e), userops.ErrProtected, e)
		require.NoError(t, p.Protect(userops.Reactivate, e))
		require.NoError(t, p.Protect(userops.Invite, e))
	}
	for _, e := range []string{"aceo@acme.example", "ceo@acme.example.org", "svc-12@acme.example"} {
		require.NoError(t, p.Protect(userops.Deactivate, e), e)
	}
	require.Error(t, policy.Check([]string{"[a"}))
	require.Error(t, policy.Check([]string{" "}))
	require.NoError(t, policy.Check(p.Protected))
	require.ErrorIs(t, policy.Policy{Protected: []string{"[a"}}.Protect(userops.Deactivate, "a@x.example"), userops.ErrProtected, "a pattern that cannot be read protects everybody")
}
