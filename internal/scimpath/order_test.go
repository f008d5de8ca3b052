package scimpath_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withoutOrder is a service whose pages overlap unless it is asked for an order: each later page begins one too early.
var withoutOrder = faultProxy{request: func(_ http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	if start, err := strconv.Atoi(q.Get("startIndex")); err == nil && start > 1 && q.Get("sortBy") != "id" {
		q.Set("startIndex", strconv.Itoa(start-1))
	}
	q.Del("sortBy")
	r.URL.RawQuery = q.Encode()
	return false
}}

func TestPagesAreAskedForInAnOrder(t *testing.T) {
	t.Parallel()
	for says, complete := range map[string]bool{`"sort":{"supported":true}`: true, `"sort":{"supported":false}`: false} {
		con := startConsole(t)
		o := options(t, inFront(t, con.SCIMURL(), withoutOrder.and(byIndex).and(config(`"sort":{"supported":false}`, says))))
		o.PageSize = 4
		var got []userops.User
		l, err := open(t, o).List(t.Context(), nil, func(u userops.User) error { got = append(got, u); return nil })
		require.NoError(t, err)
		assert.Equal(t, complete, l.Complete, l.Proof)
		if complete {
			assert.ElementsMatch(t, fromConsole(con.Users()), got)
		}
	}
}

// TestSomebodyLeavesAndSomebodyComesBetweenPages keeps the number of people as it is while one who was listed leaves.
func TestSomebodyLeavesAndSomebodyComesBetweenPages(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	var pages atomic.Int32
	shifting := faultProxy{request: func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/Users") && pages.Add(1)%3 == 2 {
			con.Edit("another administrator", func(o *console.Organisation) {
				o.Users = append(slices.Delete(o.Users, 1, 2), &console.User{ID: fmt.Sprint("006NEW", pages.Load()), Email: fmt.Sprint("new", pages.Load(), "@acme.example"), Role: "Clerk", Status: console.Active})
			})
		}
		return false
	}}
	o := options(t, inFront(t, con.SCIMURL(), shifting.and(byIndex)))
	o.PageSize = 4
	l, err := open(t, o).List(t.Context(), nil, func(userops.User) error { return nil })
	require.NoError(t, err)
	assert.False(t, l.Complete, "somebody was passed over: %s", l.Proof)
	assert.Contains(t, l.Proof, "the list changed meanwhile")
}

// TestTheHeaderTellsTheVersion has a service whose meta.version is not what it holds If-Match against.
func TestTheHeaderTellsTheVersion(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	lagging := rewrite("GET", "/Users", func(body string) string {
		return regexp.MustCompile(`"version":"[^,}]*"`).ReplaceAllString(body, `"version":"W/\"long ago\""`)
	})
	o := options(t, inFront(t, con.SCIMURL(), lagging))
	r := open(t, o).Change(t.Context(), useropstest.Deactivate(ann))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, 1, changesOf(con, "deactivate", ann))
	data, err := os.ReadFile(filepath.Join(r.Evidence, "exchanges.jsonl"))
	require.NoError(t, err)
	var matched, tagged bool
	for line := range strings.Lines(string(data)) {
		var x struct {
			Method  string `json:"method"`
			IfMatch string `json:"if_match"`
			ETag    string `json:"etag"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &x))
		matched = matched || x.Method == http.MethodPatch && x.IfMatch != "" && !strings.Contains(x.IfMatch, "long ago")
		tagged = tagged || x.ETag != ""
	}
	assert.True(t, matched, "the evidence has If-Match: %s", data)
	assert.True(t, tagged, "the evidence has ETag")
}

// TestWhenToComeAgainIsKept has a service that asks to be left alone.
func TestWhenToComeAgainIsKept(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	o := options(t, inFront(t, con.SCIMURL(), instead("PATCH", "/Users/", 0, status(http.StatusTooManyRequests, "Retry-After", "3600", "Location", "https://elsewhere.example/x?token=secret"))))
	r := open(t, o).Change(t.Context(), useropstest.Deactivate(ann))
	require.Equal(t, userops.Halted, r.Outcome, r.Reason)
	data, err := os.ReadFile(filepath.Join(r.Evidence, "exchanges.jsonl"))
	require.NoError(t, err)
	assert.Contains(t, string(data), `"retry_after":"3600"`)
	assert.Contains(t, string(data), `"location":"https://elsewhere.example/x"`)
	assert.NotContains(t, string(data), "secret")
}
