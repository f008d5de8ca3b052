package scimpath_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lists counts how often everybody is asked for.
func lists(n *atomic.Int32) faultProxy {
	return faultProxy{request: func(_ http.ResponseWriter, r *http.Request) bool {
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
	batch := change.Hooks{Batch: true}
	people := []string{ann, "joann@acme.example", "ann+ap@acme.example", "siobhan.o'brien@acme.example"}
	for _, email := range people {
		was, _ := con.UserByEmail(email)
		r := p.Do(t.Context(), useropstest.Checked(t, useropstest.SetRole(email, "Accountant")), batch)
		require.Equal(t, userops.Done, r.Outcome, r.Reason)
		assert.Equal(t, was.Role, r.Before.Role, "as it was before")
		assert.Equal(t, "Accountant", r.After.Role)
	}
	assert.EqualValues(t, 1, n.Load())
	for _, email := range people {
		u, _ := con.UserByEmail(email)
		assert.Equal(t, "Accountant", u.Role)
		assert.Equal(t, userops.Already, p.Do(t.Context(), useropstest.Checked(t, useropstest.SetRole(email, "Accountant")), batch).Outcome)
	}
	assert.EqualValues(t, 1, n.Load())

	edited(con, ann, func(u *console.User) { u.Role = "Clerk" })()
	assert.Equal(t, userops.Done, p.Do(t.Context(), useropstest.Checked(t, useropstest.SetRole(ann, "Accountant")), batch).Outcome, "what another administrator did is seen")
	assert.EqualValues(t, 2, n.Load())
	r := p.Do(t.Context(), useropstest.Checked(t, newcomer), batch)
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, userops.Already, p.Do(t.Context(), useropstest.Checked(t, newcomer), batch).Outcome)
	assert.Equal(t, 1, changesOf(con, "invite", newcomer.Email))

	before := n.Load()
	for i := range 4 {
		in := newcomer
		in.Email = fmt.Sprintf("batch%d@acme.example", i)
		require.Equal(t, userops.Done, p.Do(t.Context(), useropstest.Checked(t, in), batch).Outcome)
		require.Equal(t, userops.Done, p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(in.Email)), batch).Outcome, "who came in this batch is known")
		require.ErrorIs(t, p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate("nobody"+in.Email)), batch).Err, userops.ErrNotFound)
	}
	assert.Equal(t, before, n.Load(), "neither who comes nor who is not there has everybody listed again")

	plain := open(t, options(t, inFront(t, con.SCIMURL(), lists(&n))))
	before = n.Load()
	plain.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
	plain.Change(t.Context(), useropstest.SetRole(ann, "Payer"))
	assert.EqualValues(t, 2, n.Load()-before, "where it is no batch everybody is read each time")
}

// TestABatchKeepsTheLastAdministrator has another administrator leave while a batch goes on.
func TestABatchKeepsTheLastAdministrator(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	p := open(t, options(t, con.SCIMURL()))
	batch := change.Hooks{Batch: true}
	require.Equal(t, userops.Done, p.Do(t.Context(), useropstest.Checked(t, useropstest.SetRole(ann, "Clerk")), batch).Outcome)
	edited(con, console.RobotEmail, func(u *console.User) { u.Role = "Clerk" })()
	r := p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate("olivia@acme.example")), batch)
	require.ErrorIs(t, r.Err, userops.ErrLastAdmin)
}
