package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAdviceNamesCommandsThatThereAre looks every command and flag of an advice up.
func TestAdviceNamesCommandsThatThereAre(t *testing.T) {
	t.Parallel()
	commands, flags := regexp.MustCompile(`billagent ([a-z-]+(?: [a-z-]+)?)`), regexp.MustCompile(`--([a-z-]+)`)
	for reason, say := range advice {
		for _, w := range []wish{{}, {tenant: "acme", op: "019a", email: "ann@x.com", role: "Clerk", invites: true, inactive: true}} {
			text := say(w)
			root := (&app{}).rootCommand()
			last, _, err := root.Find([]string{"users", "deactivate"})
			require.NoError(t, err)
			for _, m := range commands.FindAllStringSubmatch(text, -1) {
				last, _, err = root.Find(strings.Fields(m[1]))
				require.NoError(t, err, "%v: %s", reason, text)
				assert.NotEqual(t, root, last, "%v: %s", reason, text)
			}
			for _, m := range flags.FindAllStringSubmatch(text, -1) {
				found := false
				for _, c := range append(last.Commands(), last, root) {
					found = found || c.Flags().Lookup(m[1]) != nil || c.InheritedFlags().Lookup(m[1]) != nil || c.PersistentFlags().Lookup(m[1]) != nil
				}
				invite, _, _ := root.Find([]string{"users", "invite"})
				freeze, _, _ := root.Find([]string{"freeze"})
				offboard, _, _ := root.Find([]string{"offboard"})
				assert.True(t, found || invite.Flags().Lookup(m[1]) != nil || freeze.Flags().Lookup(m[1]) != nil || offboard.Flags().Lookup(m[1]) != nil, "%v: --%s of %s", reason, m[1], text)
			}
		}
	}
	r := (&app{tenantName: "acme"}).advised(userops.Result{Code: "other_role", Hint: "change it explicitly", Email: "ann@x.com"}, wish{role: "AP Lead"})
	assert.Equal(t, `change it explicitly: billagent users set-role ann@x.com --role "AP Lead"`, r.Hint)
	assert.Equal(t, "billagent ops adopt", (&app{}).hintOf(&userops.Error{Kind: userops.ErrLost}))
}
