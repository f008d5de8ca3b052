package flows_test

import (
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSomebodysPageIsVisited opens a page by its address, and goes the other way where that is not known, or leads to
// somebody else or nowhere.
func TestSomebodysPageIsVisited(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		own, whom string
		asked     int // lists
	}{
		"it is not known":         {"", "Ann Lee", 1},
		"it is the page":          {"/words", "Ann Lee", 0},
		"it is somebody else's":   {"/words", "Ann Leeds", 1},
		"it leads nowhere":        {"/nowhere", "Ann Lee", 1},
		"it is on a foreign host": {"http://elsewhere.example/words", "Ann Lee", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &site{people: peopleOf(3)}
			_, err := runOn(t, s, "pending", func(r *flows.Run, origin string) {
				r.Inputs = map[string]string{"email": c.whom}
				if r.Own = c.own; len(c.own) > 0 && c.own[0] == '/' {
					r.Own = origin + c.own
				}
			})
			require.NoError(t, err)
			s.mu.Lock()
			defer s.mu.Unlock()
			assert.Equal(t, c.asked, s.asked)
		})
	}
}
