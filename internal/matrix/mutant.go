package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mutant is the agent with one of its rules taken out, and where that must show: in a case of the matrix, or in a test.
type mutant struct {
	Rule string `yaml:"rule"`
	File string `yaml:"file"` // below the module's root
	From string `yaml:"from"` // stands there exactly once
	To   string `yaml:"to"`
	Also []edit `yaml:"also"`

	Case   string    `yaml:"case"`   // a regular expression for -only
	Args   []string  `yaml:"args"`   // beside -only
	Caught []Verdict `yaml:"caught"` // one of these must come

	Package string `yaml:"package"` // of the module, as ./internal/journal
	Test    string `yaml:"test"`    // a regular expression for -run
}

type edit struct {
	File string `yaml:"file"`
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

//go:embed mutants.yaml mutants-promises.yaml mutants-page.yaml mutants-signin.yaml mutants-commit.yaml
var mutantFiles embed.FS

func mutants() ([]mutant, error) {
	var out []mutant
	for _, name := range []string{"mutants.yaml", "mutants-promises.yaml", "mutants-page.yaml", "mutants-signin.yaml", "mutants-commit.yaml"} {
		data, err := mutantFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		some, err := readMutants(data)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		out = append(out, some...)
	}
	return out, nil
}

func readMutants(data []byte) ([]mutant, error) {
	var out []mutant
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&out); err != nil {
		return nil, err
	}
	rules := map[string]bool{}
	for _, m := range out {
		if rules[m.Rule] {
			return nil, fmt.Errorf("mutant %q stands twice", m.Rule)
		}
		rules[m.Rule] = true
		if err := m.check(); err != nil {
			return nil, fmt.Errorf("mutant %q: %w", m.Rule, err)
		}
	}
	return out, nil
}

// check makes sure that a mutant says in one way, and in one only, where it must show.
func (m mutant) check() error {
	inCase, inTest := m.Case != "" || len(m.Args) > 0 || len(m.Caught) > 0, m.Package != "" || m.Test != ""
	switch {
	case inCase == inTest:
		return errors.New("name either case and caught, or package and test")
	case inCase && (m.Case == "" || len(m.Caught) == 0):
		return errors.New("case and caught go together")
	case inTest && (m.Package == "" || m.Test == ""):
		return errors.New("package and test go together")
	}
	for _, text := range append([]string{m.Case}, strings.Split(m.Test, "/")...) {
		if _, err := regexp.Compile(text); err != nil {
			return err
		}
	}
	return nil
}

func (m mutant) edits() []edit { return append([]edit{{m.File, m.From, m.To}}, m.Also...) }

// A mutant edits the script in the pages as it can be read, which then takes the place of the one without white space
// and long names that is built in.
const (
	script      = "automation/js/dist/agent.js"
	smallScript = "automation/js/dist/agent.min.js"
)

// overlay writes the mutated files into a folder, and what tells the go command to build them in place of the real
// ones.
func (m mutant) overlay(root, folder string) (string, error) {
	texts := map[string]string{}
	for _, e := range m.edits() {
		path := filepath.Join(root, e.File)
		text, ok := texts[path]
		if !ok {
			data, err := os.ReadFile(path)
			if err != nil {
				return "", fmt.Errorf("mutant %q: %w", m.Rule, err)
			}
			text = string(data)
		}
		if n := strings.Count(text, e.From); n != 1 {
			return "", fmt.Errorf("mutant %q: %q stands %d times in %s", m.Rule, e.From, n, e.File)
		}
		texts[path] = strings.Replace(text, e.From, e.To, 1)
	}
	replace := map[string]string{}
	for path, text := range texts {
		file := filepath.Join(folder, fmt.Sprintf("%d-%s", len(replace), filepath.Base(path)))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("mutant %q: %w", m.Rule, err)
		}
		replace[path] = file
		if path == filepath.Join(root, script) {
			replace[filepath.Join(root, smallScript)] = file
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "overlay.json")
	return file, os.WriteFile(file, data, 0o600)
}

// try has the mutant's case or test run. It returns an error unless that shows what the rule is for.
func (m mutant) try(ctx context.Context, root string) (err error) {
	folder, err := os.MkdirTemp("", "billagent-mutant-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	overlay, err := m.overlay(root, folder)
	if err != nil {
		return err
	}
	if m.Package != "" {
		return m.tryTest(ctx, root, overlay)
	}
	return m.tryCase(ctx, root, folder, overlay)
}

// tryCase builds the mutant and runs its case.
func (m mutant) tryCase(ctx context.Context, root, folder, overlay string) error {
	binary := filepath.Join(folder, "matrix")
	build := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", binary, "./internal/matrix")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("mutant %q cannot be built: %s", m.Rule, out)
	}
	args := append([]string{"-kills=false", "-v", "-workers", "2", "-only", m.Case}, m.Args...)
	out, err := exec.CommandContext(ctx, binary, args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("mutant %q cannot be run: %w", m.Rule, err)
	}
	for _, v := range m.Caught {
		if regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(string(v)) + `  `).Match(out) {
			return nil
		}
	}
	return fmt.Errorf("mutant %q is not caught by %s: %s", m.Rule, m.Case, out)
}

// moduleRoot finds the folder of go.mod.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("finding the module's folder: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// picked says whether a mutant is meant, by its rule or by its package.
func (m mutant) picked(only *regexp.Regexp) bool {
	return only.MatchString(m.Rule) || m.Package != "" && only.MatchString(m.Package)
}

// tryMutants takes the rules out one by one and says which are missed by nobody.
func tryMutants(ctx context.Context, only *regexp.Regexp) int {
	root, err := moduleRoot(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "matrix:", err)
		return 2
	}
	all, err := mutants()
	if err != nil {
		fmt.Fprintln(os.Stderr, "matrix:", err)
		return 2
	}
	tried, survived := 0, 0
	for _, m := range all {
		if !m.picked(only) || ctx.Err() != nil {
			continue
		}
		tried++
		if err := m.try(ctx, root); err != nil {
			survived++
			fmt.Printf("survived  %s\n%v\n", m.Rule, err)
			continue
		}
		fmt.Printf("caught    %s\n", m.Rule)
	}
	fmt.Printf("%d of %d survived\n", survived, tried)
	if survived > 0 {
		return 1
	}
	return 0
}
