package main

import (
	"testing"

	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
)

// TestTheOneChangeCanBeTakenBack has a layout that can give access back, and one that cannot.
func TestTheOneChangeCanBeTakenBack(t *testing.T) {
	t.Parallel()
	rehearsed := func(a userops.Action) userops.Result {
		return userops.Result{Action: a, Err: &userops.Error{Kind: userops.ErrRehearsed}}
	}
	done := &service.Calibrated{Results: []userops.Result{rehearsed(userops.Deactivate), rehearsed(userops.SetRole)}, Report: &doctor.Report{}}
	assert.Contains(t, oneChange(done), "users set-role")
	done.Report.Flows = []doctor.Flow{{Name: "reactivate"}}
	assert.Contains(t, oneChange(done), "users deactivate")
	done.Results = nil
	assert.Empty(t, oneChange(done))
}
