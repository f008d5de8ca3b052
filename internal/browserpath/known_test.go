package browserpath_test

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wholeLists counts how often a console was asked for everybody of every status.
func wholeLists(con *console.Console) (n int) {
	for _, q := range con.Requests() {
		if q.Method == "GET" && strings.Contains(q.Path, "inactive=1&pending=1") && !strings.Contains(q.Path, "size=100") {
			n++
		}
	}
	return n
}

const joann = "joann@acme.example"

// TestABatchReadsEverybodyOnceAChange shares the list that was read back for one change with the next, and with
// nothing else.
func TestABatchReadsEverybodyOnceAChange(t *testing.T) {
	t.Parallel()
	eachLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout}, unhurried)
		batch := change.Hooks{Batch: true}
		do := func(rq userops.Request, h change.Hooks) userops.Result {
			return p.Do(t.Context(), useropstest.Checked(t, rq), h)
		}
		require.Equal(t, userops.Done, do(useropstest.Deactivate(ann), batch).Outcome)
		before := wholeLists(con)
		require.Equal(t, userops.Done, do(useropstest.SetRole(joann, "Accountant"), batch).Outcome)
		assert.Equal(t, 1, wholeLists(con)-before, "it is looked at by the list of before, and read back")
		before = wholeLists(con)
		assert.Equal(t, userops.Already, do(useropstest.Deactivate(ann), batch).Outcome)
		assert.Equal(t, 1, wholeLists(con)-before, "that nothing is to be done is said of a list read now")
		before = wholeLists(con)
		require.Equal(t, userops.Done, do(useropstest.SetRole(joann, "Clerk"), change.Hooks{}).Outcome)
		assert.Equal(t, 2, wholeLists(con)-before, "where it is no batch everybody is read each time")
		u, _ := con.UserByEmail(joann)
		assert.Equal(t, "Clerk", u.Role)
	})
}

// TestWhatOthersDoInABatchIsSeen has another administrator work beside a batch.
func TestWhatOthersDoInABatchIsSeen(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo3"}, impatient, unhurried)
	batch := change.Hooks{Batch: true}
	do := func(rq userops.Request) userops.Result {
		return p.Do(t.Context(), useropstest.Checked(t, rq), batch)
	}
	edit := func(email string, how func(*console.User)) {
		con.Edit("another administrator", func(o *console.Organisation) {
			for _, u := range o.Users {
				if u.Email == email {
					how(u)
				}
			}
		})
	}
	require.Equal(t, userops.Done, do(useropstest.SetRole(ann, "Clerk")).Outcome)
	edit(joann, func(u *console.User) { u.Status = console.Inactive })
	assert.Equal(t, userops.Already, do(useropstest.Deactivate(joann)).Outcome, "who was deactivated meanwhile")

	require.Equal(t, userops.Done, do(useropstest.SetRole(ann, "Payer")).Outcome)
	edit("clerk@acme.example", func(u *console.User) { u.Email = "CLERK@acme.example.org" })
	r := do(useropstest.Deactivate("clerk@acme.example"))
	require.ErrorIs(t, r.Err, userops.ErrNotFound, r.Reason)

	require.Equal(t, userops.Done, do(useropstest.SetRole(ann, "Clerk")).Outcome)
	before := wholeLists(con)
	require.Equal(t, userops.Done, do(useropstest.SetRole(console.OwnerEmail, "Clerk")).Outcome)
	assert.Equal(t, 2, wholeLists(con)-before, "of administrators one must stay: everybody is read before, too")
	assert.Equal(t, 4, changesOf(con, "set-role"))
	assert.Zero(t, changesOf(con, "deactivate"))
}
