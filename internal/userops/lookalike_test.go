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
	out, err := userops.Rules{}.Deactivate(all, nil, "аnn@acme.example")
	assert.Equal(t, userops.Halted, out)
	require.ErrorIs(t, err, userops.ErrNotFound)
	assert.Contains(t, userops.HintOf(err), "ann@acme.example is listed and looks the same: the address that was given has U+0430")
	_, err = userops.Rules{}.SetRole(all, nil, "paul@acme.example", "Clerk")
	assert.Contains(t, userops.HintOf(err), "it has U+0430")
}
