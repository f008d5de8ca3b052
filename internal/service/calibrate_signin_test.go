package service

import (
	"context"
	"errors"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/require"
)

// TestASignInGoesOnByNothingThatNobodyHasShown has a field of which a clear proposal is the wrong one, where clear
// proposals are applied without asking.
func TestASignInGoesOnByNothingThatNobodyHasShown(t *testing.T) {
	t.Parallel()
	asked := errors.New("somebody was asked")
	s := &Service{opts: Options{View: func(context.Context, *automation.Page, func(context.Context) error) error { return asked }}}
	k := &calibration{service: s, Calibrate: Calibrate{
		Clear: true, Asks: func(string) {}, StandIn: func(string) func(context.Context, *automation.StandIn) error { return nil },
	}}
	like := doctor.Proposal{Clear: true, Candidates: []selectors.Candidate{{Label: "New password"}}}
	_, err := k.shownAtSignIn(t.Context(), nil, &selectors.Target{Name: "signin.password"}, "", []doctor.Proposal{like}, nil)
	require.ErrorIs(t, err, asked)
}
