package userops_test

import (
	"testing"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnAddressThatLooksLikeAnother(t *testing.T) {
	t.Parallel()
	all := userops.Roster{Complete: true, Users: []userops.User{
		{Email: "ann@acme.example", Role: "Clerk", Status: userops.Active}, {Email: "pаul@acme.example", Role: "Clerk", Status: userops.Active}, // with a Cyrillic а
	}}
	for email, like := range map[string]string{
		"аnn@acme.example": "ann@acme.example", "ann@аcme.example": "ann@acme.example", "ａnn@acme.example": "ann@acme.example", "ánn@acme.example": "ann@acme.example",
		"paul@acme.example": "pаul@acme.example", "ann@acme.example": "", "ANN@acme.example": "", "joann@acme.example": "",
	} {
		u := all.Lookalike(email)
		if like == "" {
			assert.Nil(t, u, email)
			continue
		}
		require.NotNil(t, u, email)
		assert.Equal(t, like, u.Email)
	}
	d := userops.Rules{}.Decide(userops.Look{All: all, Request: userops.Request{Action: userops.Deactivate, Email: "аnn@acme.example"}})
	assert.Equal(t, userops.Halted, d.Outcome)
	require.ErrorIs(t, d.Err, userops.ErrNotFound)
	assert.Contains(t, userops.HintOf(d.Err), "ann@acme.example is listed and looks the same: the address that was given has U+0430")
	d = userops.Rules{}.Decide(userops.Look{All: all, Request: userops.Request{Action: userops.SetRole, Email: "paul@acme.example", Role: "Clerk"}})
	assert.Contains(t, userops.HintOf(d.Err), "it has U+0430")
}
