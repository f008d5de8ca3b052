package doctor

import (
	"errors"
	"fmt"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOnlyAnotherThingIsDisproved has a flow halt at a target in several ways.
func TestOnlyAnotherThingIsDisproved(t *testing.T) {
	t.Parallel()
	for kind, other := range map[error]bool{
		automation.ErrWrongIdentity: true, automation.ErrNotRead: true,
		automation.ErrNotActionable: false, automation.ErrMissed: false, automation.ErrMissing: false, automation.ErrTooSlow: false,
	} {
		x := New(Options{Library: &flows.Library{App: &flows.App{}}, Explain: func(err error) (string, string, string) { return err.Error(), "", "" }})
		x.ended(&flows.Flow{Name: "deactivate"}, End{Err: fmt.Errorf("flow: %w", &automation.Error{Act: "click", Target: "user.deactivate", Kind: kind})})
		require.Len(t, x.report.Flows, 1)
		assert.Equal(t, other, x.report.Flows[0].Disproved == "user.deactivate", kind)
	}
}

// TestWhatIsMissingSaysWhatToDo has a flow halt at a target, with something proposed in its place and without.
func TestWhatIsMissingSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for says, proposals := range map[string][]Proposal{"nothing is proposed": nil, "choose of it": {{Element: "a button"}}} {
		x := New(Options{Library: &flows.Library{App: &flows.App{}}, Explain: func(err error) (string, string, string) { return err.Error(), "look", "" }})
		target := x.target("signin.password_submit")
		target.State, target.Flows, target.Proposals = Missing, []string{"sign-in"}, proposals
		x.failing = []string{"signin.password_submit: missing"}
		x.ended(&flows.Flow{Name: "sign-in"}, End{Err: errors.New("it is not there")})
		assert.Contains(t, x.report.Flows[0].Hint, says)
	}
}
