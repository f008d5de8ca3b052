package datafile_test

import (
	"testing"

	"github.com/billagent/billagent/selectors/datafile"
	"github.com/stretchr/testify/assert"
)

func TestCommentsAreLeftOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, plain string
		had, ok     bool
	}{
		"none":                    {"a: 1\n", "a: 1\n", false, true},
		"the schema stays":        {"# yaml-language-server: $schema=x\na: 1\n", "# yaml-language-server: $schema=x\na: 1\n", false, true},
		"a second is none":        {"# yaml-language-server: a\n# yaml-language-server: Ann\na: 1\n", "# yaml-language-server: a\na: 1\n", true, true},
		"lines":                   {"# Ann\na:\n  # Ann\n  - 1\n# Ann\n", "a:\n  - 1\n", true, true},
		"at the end of a line":    {"a: 1 # Ann\nb: [x] # Ann\n", "a: 1\nb: [x]\n", true, true},
		"in a text":               {"a: '1 # Ann'\n", "a: '1 # Ann'\n", false, true},
		"a text that looks so":    {"a: |\n  # Ann\n  b\n", "a: |\n  b\n", true, false},
		"within a list in a line": {"a: [1, # Ann\n  2]\n", "a: [1,\n  2]\n", true, true},
	} {
		plain, had, ok := datafile.WithoutComments(c.text)
		assert.Equal(t, c.ok, ok, name)
		if c.ok {
			assert.Equal(t, c.plain, plain, name)
			assert.Equal(t, c.had, had, name)
		}
	}
}
