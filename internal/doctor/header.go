package doctor

import (
	"maps"
	"slices"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// alike is how much a header must be like the one before to be proposed, and aheadOf by how much more than the next.
const (
	alike   = 0.6
	aheadOf = 0.15
)

// headers proposes, for each column of a table whose header is not there any more, one of the headers that no other
// column has.
func headers(t *selectors.Table, seen automation.Examination) map[string]Header {
	left := slices.Clone(seen.Headers)
	for _, c := range t.Columns {
		left = slices.DeleteFunc(left, func(words string) bool { return words == c.Header })
	}
	out := map[string]Header{}
	for _, name := range slices.Sorted(maps.Keys(seen.Columns)) {
		was := t.Columns[name].Header
		if was == "" || seen.Columns[name] == "" {
			continue
		}
		best, next := Header{Was: was, Left: left}, 0.0
		for _, words := range left {
			score := textLike(was, words)
			if score > best.Score {
				best.Words, best.Score, score = words, score, best.Score
			}
			next = max(next, score)
		}
		if best.Score < alike {
			best.Words = ""
		}
		best.Clear = best.Words != "" && best.Score-next >= aheadOf
		out[name] = best
	}
	for a, x := range out { // one header is not that of two columns
		for b, y := range out {
			if a != b && x.Words != "" && x.Words == y.Words {
				x.Clear = false
				out[a] = x
			}
		}
	}
	return out
}
