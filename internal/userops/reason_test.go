package userops_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReasonsAreAContract(t *testing.T) {
	t.Parallel()
	codes, meanings := map[userops.Code]bool{}, map[string]bool{}
	for _, r := range userops.Reasons() {
		assert.Regexp(t, regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`), r.Code)
		assert.False(t, codes[r.Code], "%s is there twice", r.Code)
		assert.False(t, meanings[r.Meaning], "%s is there twice", r.Meaning)
		assert.NotEmpty(t, r.Remedy, r.Code)
		codes[r.Code], meanings[r.Meaning] = true, true
		require.EqualError(t, userops.ReasonFor(r.Code), r.Meaning)
	}
	require.NoError(t, userops.ReasonFor("none"))
	outer := &userops.Error{Act: "deactivating", Kind: userops.ErrDrift, Cause: &userops.Error{Kind: userops.ErrConfig}}
	assert.EqualValues(t, "drift", userops.CodeOf(fmt.Errorf("once: %w", outer)))
	assert.Empty(t, userops.CodeOf(assert.AnError))
	var r userops.Result
	r.End(userops.Halted, outer)
	assert.EqualValues(t, "drift", r.Code)
	r.End(userops.Done, nil)
	assert.EqualValues(t, "done", r.Code)
}
