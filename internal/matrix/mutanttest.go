package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// testBound is how long a test of a mutant may take. One that hangs shows nothing: the same could be a slow machine.
const testBound = "3m"

var (
	failedTest  = regexp.MustCompile(`(?m)^\s*--- FAIL: |^panic: `)
	notBuilt    = regexp.MustCompile(`(?m)^FAIL\s+\S+ \[(build|setup) failed\]$`)
	nothingToDo = regexp.MustCompile(`(?m)\[no tests to run\]$|\[no test files\]$`)
	tookTooLong = regexp.MustCompile(`(?m)^panic: test timed out`)
)

// tryTest runs the tests of the mutant's package. It returns an error unless one of them fails.
func (m mutant) tryTest(ctx context.Context, root, overlay string) error {
	args := []string{"test", "-vet=off", "-count=1", "-timeout", testBound, "-run", m.Test, m.Package}
	test := exec.CommandContext(ctx, "go", args...)
	test.Dir = root
	// The flag by the environment holds for what a test builds by itself, too.
	test.Env = append(os.Environ(), "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -overlay="+overlay))
	out, err := test.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		return fmt.Errorf("mutant %q cannot be run: %w", m.Rule, errors.Join(err, context.Cause(ctx)))
	}
	return m.judge(string(out), err != nil)
}

// judge reads what the go command said of the tests, and whether it failed.
func (m mutant) judge(out string, failed bool) error {
	switch {
	case notBuilt.MatchString(out):
		return fmt.Errorf("mutant %q cannot be built: %s", m.Rule, out)
	case nothingToDo.MatchString(out):
		return fmt.Errorf("mutant %q: there are no tests to run in %s: %s", m.Rule, m.Package, m.Test)
	case tookTooLong.MatchString(out):
		return fmt.Errorf("mutant %q: the tests %s did not end within %s: %s", m.Rule, m.Test, testBound, out)
	case failed && failedTest.MatchString(out):
		return nil
	}
	return fmt.Errorf("mutant %q is not caught by %s of %s: %s", m.Rule, m.Test, m.Package, out)
}

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w*)\(`)

// tests are the names of the tests of its package that the mutant is tried with.
func (m mutant) tests(root string) ([]string, error) {
	folder := filepath.Join(root, m.Package)
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("mutant %q: %w", m.Rule, err)
	}
	whole, _, _ := strings.Cut(m.Test, "/") // what follows names parts of a test
	only, err := regexp.Compile(whole)
	if err != nil {
		return nil, fmt.Errorf("mutant %q: %w", m.Rule, err)
	}
	var out []string
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			return nil, fmt.Errorf("mutant %q: %w", m.Rule, err)
		}
		for _, found := range testFunction.FindAllSubmatch(text, -1) {
			out = append(out, string(found[1]))
		}
	}
	return slices.DeleteFunc(out, func(name string) bool { return !only.MatchString(name) }), nil
}
