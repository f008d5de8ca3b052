package automation

import (
	"testing"

	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
)

func TestACounterIsOnlyWhatSaysHowManyThereAre(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"95": 95, "1,234": 1234, "95 users": 95, "1 user": 1, "1 234 users": 1234, "1.234 results": 1234, "Users (95)": 95, "Total: 95": 95,
		"Records 1 - 20 of 95": 95, "1–20 of 95": 95, "Showing 1 to 20 of 1,095 entries": 1095, "of 95": 95, "20 of 95 users": 95, "95 total": 95,
		"25 users (2 roles)": 25, "Page 1 of 5 (95 users)": 95, "95 people · 4 teams": 95, "25 users, 3 pending": 25, "0 users": 0,
		"page 1 of 1": -1, "1 of 1": -1, "25 of 25 licences, 30 seats": -1, "3 users selected": -1, "Page 2": -1, "": -1, "users": -1,
		"25 users, 30 users": -1, "last changed 2026-11-24": -1,
	} {
		n, ok := total(&selectors.Target{}, text)
		if want < 0 {
			assert.False(t, ok, "%q was taken for %d", text, n)
			continue
		}
		assert.True(t, ok, text)
		assert.Equal(t, want, n, text)
	}
	own := &selectors.Target{Counter: `(?P<total>\d[\d., ]*) seats taken`}
	n, ok := total(own, "30 users, 1,025 seats taken")
	assert.True(t, ok)
	assert.Equal(t, 1025, n, "the file's own form decides")
	_, ok = total(own, "30 users")
	assert.False(t, ok, "and nothing else does")
}
