package automation_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/require"
)

// team is a page with a list of people.
const team = `<style>body { font: 15px sans-serif; margin: 24px } td, th { padding: 6px 14px; text-align: left } @media (prefers-color-scheme: dark) { body { background: #14161a; color: #ddd } }</style>
	<h1>Team</h1><p><span id=count>3 people</span></p><table><thead><tr><th>Name<th>E-mail<th>Function<th>State<th></thead><tbody><tr><td>Ann Lee<td>ann@acme.example<td>Approver<td>Active<td>…
	<tr><td>Jo Ann<td>joann@acme.example<td>Clerk<td>Active<td>…<tr><td>Old Hand<td>old@acme.example<td>Viewer<td>Inactive<td>…</tbody></table><p><button id=next>Next page</button></p>`

// mixedTeam is the same with names and addresses in one cell, as most consoles have it.
const mixedTeam = `<style>body { font: 15px sans-serif; margin: 24px } td, th { padding: 6px 14px; text-align: left } @media (prefers-color-scheme: dark) { body { background: #14161a; color: #ddd } }</style>
	<h1>Team</h1><p><span id=count>3 people</span></p><table><thead><tr><th>User<th>Function<th>State<th></thead><tbody><tr><td><i>AL</i> <b>Ann Lee</b><br><small>ann@acme.example</small><td>Approver<td>Active<td><button>…</button>
	<tr><td><i>JA</i> <b>Jo Ann</b><br><small>joann@acme.example</small><td>Clerk<td>Active<td><button>…</button><tr><td><i>OH</i> <b>Old Hand</b><br><small>old@acme.example</small><td>Viewer<td>Inactive<td><button>…</button></tbody></table><p><button id=next>Next page</button></p>`

// TestPicturesOfARecording takes pictures of the panel, and keeps them in the folder TEST_PICTURES for a person to
// look at.
func TestPicturesOfARecording(t *testing.T) {
	t.Parallel()
	w := setup(t, mixedTeam)
	progress := automation.Progress{Name: "set_role.save", Steps: []automation.StepLine{
		{Text: "open ${home}"}, {Text: "find the row of users.table with ${email}, page after page"},
		{Text: "press users.row_open in the row of users.table with ${email}"}, {Text: "press user.edit"},
		{Text: "choose ${role} in user.role"},
		{Text: "type Sales into user.department", Notes: []string{`it types "Sales" each time: name an input that has this value if it is not always the same`}},
		{Text: "press set_role.save"},
	}, Stopped: true, Remarks: []string{"kept from leaving: POST http://app02.localhost/api/users/0062QX/role"}}
	for _, width := range []int{1280, 500} {
		for _, scheme := range []string{"light", "dark"} {
			require.NoError(t, w.Sized(t.Context(), width, scheme))
			shot := func(name string) does {
				return func(ctx context.Context, s *automation.StandIn) error {
					time.Sleep(400 * time.Millisecond)
					picture, err := s.Page().Screenshot(ctx, automation.Masking{})
					if err == nil {
						save(t, fmt.Sprintf("record-%s-%d-%s", name, width, scheme), picture)
					}
					return err
				}
			}
			ended, stop := context.WithCancel(t.Context())
			now := automation.Progress{}
			show := func(context.Context, *automation.StandIn) error { now = progress; return nil }
			all := []does{shot("begin"), show, shot("steps"), key("F2", "Tab", "Tab", "Tab"), shot("keys"), key("Enter"), shot("asks"), key("Escape"),
				key("F2", "Tab", "Tab", "Tab", "Tab", "Tab", "Enter"), press("th:first-child"), shot("list"), key("F2", "Tab", "Tab", "Tab", "Enter"), shot("columns"),
				func(context.Context, *automation.StandIn) error { stop(); return nil }}
			require.NoError(t, w.Record(ended, automation.Recording{Title: "Recording set-role", Secrets: secretWords, Targets: []automation.KnownTarget{},
				Take: func(automation.Gesture) {}, Tell: func() automation.Progress { return now }, StandIn: script(all...)}))
			require.NoError(t, w.Open(t.Context(), w.URL))
		}
	}
}
