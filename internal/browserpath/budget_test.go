package browserpath_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// budget is what a job may take: documents to the number, protocol calls with a fifth to spare, since a busy
// machine has some looked at again.
type budget struct{ documents, calls int }

// TestCallsAndDocumentsOfAJob holds what jobs take among 260 people, by one who is signed in, against budgets. One
// in the first of several pages is deactivated, then two more in a batch. What fails here is not wrong, but slower
// than it was: time is not asserted anywhere.
func TestCallsAndDocumentsOfAJob(t *testing.T) {
	t.Parallel()
	budgets := map[string]map[string]budget{
		"classic": {"list": {18, 168}, "one": {17, 202}, "batch of two": {18, 256}},
		"neo":     {"list": {11, 134}, "one": {6, 148}, "batch of two": {6, 198}},
		"neo3":    {"list": {3, 114}, "one": {4, 208}, "batch of two": {6, 280}},
	}
	eachLayout(t, func(t *testing.T, layout string) {
		var calls atomic.Int64
		con, p := setup(t, console.Options{Layout: layout, Users: many}, func(o *browserpath.Options) {
			o.Launch.Observer = func(automation.Call) error { calls.Add(1); return nil }
		}, unhurried)
		require.NoError(t, p.Login(t.Context()))
		within := func(job string, do func()) {
			before, from := calls.Load(), len(con.Requests())
			do()
			documents, made := 0, int(calls.Load()-before)
			for _, q := range con.Requests()[from:] {
				if q.Method == "GET" && !strings.HasPrefix(q.Path, "/assets/") && !strings.HasPrefix(q.Path, "/api/") {
					documents++
				}
			}
			allowed := budgets[layout][job]
			assert.LessOrEqual(t, documents, allowed.documents, "documents of %s", job)
			assert.LessOrEqual(t, made, allowed.calls+allowed.calls/5, "calls of %s", job)
		}
		within("list", func() {
			_, err := p.List(t.Context(), nil, func(userops.User) error { return nil })
			require.NoError(t, err)
		})
		within("one", func() { require.Equal(t, userops.Done, p.Change(t.Context(), useropstest.Deactivate(ann)).Outcome) })
		within("batch of two", func() {
			for _, email := range []string{joann, "x@acme.example"} {
				r := p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(email)), change.Hooks{Batch: true})
				require.Equal(t, userops.Done, r.Outcome, r.Reason)
			}
		})
	})
}
