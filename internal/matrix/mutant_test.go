package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMutantsFitTheSource makes sure that each rule can still be taken out, and that its case exists.
func TestMutantsFitTheSource(t *testing.T) {
	t.Parallel()
	root, err := moduleRoot(t.Context())
	require.NoError(t, err)
	all, err := mutants()
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for _, m := range all {
		_, err := m.overlay(root, t.TempDir())
		require.NoError(t, err)
		require.NotEmpty(t, m.Caught, m.Rule)
		if len(m.Args) > 0 {
			continue
		}
		only := regexp.MustCompile(m.Case)
		found := 0
		for _, c := range cases([]string{"classic", "neo", "neo3"}, []int64{1}) {
			if only.MatchString(c.String()) {
				found++
			}
		}
		assert.Positive(t, found, "%s: no case is called %s", m.Rule, m.Case)
	}
}

// aFew of the mutants are tried with every test run; all of them by `go run ./internal/matrix -mutants`.
var aFew = regexp.MustCompile(`^a request that names somebody else is stopped|^what the flow says it sends leaves once$`)

func TestSomeMutantsAreCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	t.Parallel()
	root, err := moduleRoot(t.Context())
	require.NoError(t, err)
	all, err := mutants()
	require.NoError(t, err)
	n := 0
	for _, m := range all {
		if !aFew.MatchString(m.Rule) {
			continue
		}
		n++
		t.Run(m.Rule, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, m.try(t.Context(), root))
		})
	}
	require.Equal(t, 2, n)
}
