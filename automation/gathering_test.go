package automation

import (
	"testing"

	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestALineOfTotalsIsNobody reads rows without an e-mail: one that is filled as a person's is may count, a line of
// totals must not stand in for somebody who is missing.
func TestALineOfTotalsIsNobody(t *testing.T) {
	t.Parallel()
	columns := map[string]selectors.Column{"name": {}, "email": {}, "role": {}, "status": {}}
	table := &selectors.Target{Name: "users", Table: &selectors.Table{Key: "email", Columns: columns}}
	names := []string{"name", "email", "role", "status"}
	row := func(cells ...string) rowAnswer {
		var r rowAnswer
		for i := range cells {
			r.Cells = append(r.Cells, &cells[i])
		}
		return r
	}
	ann, joe := row("Ann", "ann@acme.example", "Clerk", "Yes"), row("Joe", "joe@acme.example", "Clerk", "Yes")
	for name, c := range map[string]struct {
		rows   []rowAnswer
		counts map[int]bool
	}{
		"a line of totals":       {[]rowAnswer{ann, joe, row("2 users", "", "", "")}, map[int]bool{2: true, 3: false}},
		"a person without one":   {[]rowAnswer{ann, joe, row("Nora New", "", "Clerk", "Yes")}, map[int]bool{2: true, 3: true, 4: false}},
		"a heading and a person": {[]rowAnswer{row("Clerks", "", "", ""), ann, row("Nora New", "", "Clerk", "Yes")}, map[int]bool{1: true, 2: true, 3: false}},
	} {
		g := newGathering(Reading{Table: table}, 0)
		require.NoError(t, g.add(rowsAnswer{Names: names, Rows: c.rows}, wholePage), name)
		for n, agrees := range c.counts {
			assert.Equal(t, agrees, g.numbers(n), "%s, counted as %d", name, n)
		}
	}
}
