package main

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryDifferenceIsTried(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	all := differingCases(console.Layouts, 1)
	for _, c := range all {
		for _, d := range c.Options.Differences {
			name, _, _ := strings.Cut(d, "=")
			tried[name] = true
		}
	}
	for _, name := range console.DifferenceNames() {
		assert.True(t, tried[name], "no case is about %q", name)
	}
	assert.GreaterOrEqual(t, len(all), 90)
	for _, d := range differences {
		n := 0
		for _, c := range all {
			if c.Name == d.with {
				n++
			}
		}
		assert.Positive(t, n, "%q is tried nowhere", d.with)
	}
}

func TestEveryDifferingConsoleStarts(t *testing.T) {
	t.Parallel()
	for _, c := range differingCases(console.Layouts, 1) {
		o := c.Options
		o.Layout = c.Layout
		con, err := console.Start(o)
		require.NoError(t, err, c.String())
		require.NoError(t, con.Close())
	}
}
