package scimpath_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lists counts how often everybody is asked for.
func lists(n *atomic.Int32) crook {
	return crook{request: func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet && strings.TrimSuffix(r.URL.Path, "/") == "/scim/v2/Users" && r.URL.Query().Get("filter") == "" {
			n.Add(1)
		}
		return false
	}}
}

// TestABatchListsEverybodyOnce changes several people, one after the other, while another administrator changes some.
func TestABatchListsEverybodyOnce(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	var n atomic.Int32
	p := open(t, options(t, inFront(t, con.SCIMURL(), lists(&n))))
	ctx := userops.WithOperation(t.Context(), &userops.Operation{Batch: true})
	people := []string{ann, "joann@acme.example", "ann+ap@acme.example", "siobhan.o'brien@acme.example"}
	for _, email := range people {
		r := p.SetRole(ctx, email, "Accountant")
		require.Equal(t, userops.Done, r.Outcome, r.Reason)
	}
	assert.EqualValues(t, 1, n.Load())
	for _, email := range people {
		u, _ := con.UserByEmail(email)
		assert.Equal(t, "Accountant", u.Role)
		assert.Equal(t, userops.Already, p.SetRole(ctx, email, "Accountant").Outcome)
	}
	assert.EqualValues(t, 1, n.Load())

	edited(con, ann, func(u *console.User) { u.Role = "Clerk" })()
	assert.Equal(t, userops.Done, p.SetRole(ctx, ann, "Accountant").Outcome, "what another administrator did is seen")
	assert.EqualValues(t, 2, n.Load())
	r := p.Invite(ctx, newcomer)
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, userops.Already, p.Invite(ctx, newcomer).Outcome)
	assert.Equal(t, 1, changesOf(con, "invite", newcomer.Email))

	plain := open(t, options(t, inFront(t, con.SCIMURL(), lists(&n))))
	before := n.Load()
	plain.SetRole(t.Context(), ann, "Clerk")
	plain.SetRole(t.Context(), ann, "Payer")
	assert.EqualValues(t, 2, n.Load()-before, "where it is no batch everybody is read each time")
}

// TestABatchKeepsTheLastAdministrator has another administrator leave while a batch goes on.
func TestABatchKeepsTheLastAdministrator(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	p := open(t, options(t, con.SCIMURL()))
	ctx := userops.WithOperation(t.Context(), &userops.Operation{Batch: true})
	require.Equal(t, userops.Done, p.SetRole(ctx, ann, "Clerk").Outcome)
	edited(con, console.RobotEmail, func(u *console.User) { u.Role = "Clerk" })()
	r := p.Deactivate(ctx, "olivia@acme.example")
	require.ErrorIs(t, r.Err, userops.ErrLastAdmin)
}
