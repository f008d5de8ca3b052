package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMutantsFitTheSource makes sure that each rule can still be taken out, and that its case or its test exists.
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
		if m.Package != "" {
			names, err := m.tests(root)
			require.NoError(t, err)
			assert.NotEmpty(t, names, "%s: no test of %s is called %s", m.Rule, m.Package, m.Test)
			continue
		}
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

// TestAMutantSaysInOneWayWhereItShows reads entries that cannot be tried.
func TestAMutantSaysInOneWayWhereItShows(t *testing.T) {
	t.Parallel()
	for says, text := range map[string]string{
		"":                        "{rule: r, package: ./internal/seal, test: TestX}",
		"name either case":        "{rule: r}",
		"or package and test":     "{rule: r, case: c, caught: [lost], package: ./internal/seal, test: TestX}",
		"case and caught go":      "{rule: r, case: c}",
		"package and test go":     "{rule: r, package: ./internal/seal}",
		"go together":             "{rule: r, test: TestX}",
		"error parsing regexp":    "{rule: r, package: ./internal/seal, test: 'TestX/('}",
		"field tests not found":   "{rule: r, package: ./internal/seal, tests: TestX}",
		`mutant "r" stands twice`: "{rule: r, case: c, caught: [lost]}\n- {rule: r, case: d, caught: [lost]}",
	} {
		some, err := readMutants([]byte("- " + text))
		if says == "" {
			require.NoError(t, err)
			assert.Len(t, some, 1)
			continue
		}
		require.ErrorContains(t, err, says)
	}
}

// TestAMutantIsCaughtByATestThatFails reads what the go command prints.
func TestAMutantIsCaughtByATestThatFails(t *testing.T) {
	t.Parallel()
	m := mutant{Rule: "r", Package: "./internal/seal", Test: "TestX"}
	require.NoError(t, m.judge("--- FAIL: TestX (0.00s)\nFAIL\nFAIL\tseal\t0.1s\n", true))
	require.NoError(t, m.judge("panic: index out of range\nFAIL\tseal\t0.1s\n", true))
	for says, out := range map[string]string{
		"cannot be built":             "# seal\nseal.go:1:1: undefined: x\nFAIL\tseal [build failed]\nFAIL\n",
		"there are no tests to run":   "testing: warning: no tests to run\nok  \tseal\t0.1s [no tests to run]\n",
		"did not end within":          "panic: test timed out after 3m0s\nFAIL\tseal\t180s\n",
		"is not caught by TestX":      "ok  \tseal\t0.1s\n",
		"is not caught by TestX of .": "starting PostgreSQL: no room\nFAIL\tseal\t0.1s\n",
	} {
		require.ErrorContains(t, m.judge(out, out[:2] != "ok" && out[:4] != "test"), says)
	}
}

// aFew of the mutants are tried with every test run; all of them by `go run ./internal/matrix -mutants`.
var aFew = regexp.MustCompile(`^a request that names somebody else is stopped|` +
	`^what the flow says it sends leaves once$|^what was done in the last hour counts against the limit$`)

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
	require.Equal(t, 3, n)
}
