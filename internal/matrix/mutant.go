package main

import (
	"context"
	_ "embed"
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

// mutant is the agent with one of its rules taken out, and the case in which that must show.
type mutant struct {
	Rule   string    `yaml:"rule"`
	File   string    `yaml:"file"` // below the module's root
	From   string    `yaml:"from"` // stands there exactly once
	To     string    `yaml:"to"`
	Also   []edit    `yaml:"also"`
	Case   string    `yaml:"case"`   // a regular expression for -only
	Args   []string  `yaml:"args"`   // beside -only
	Caught []Verdict `yaml:"caught"` // one of these must come
}

type edit struct {
	File string `yaml:"file"`
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

//go:embed mutants.yaml
var mutantsYAML []byte

func mutants() ([]mutant, error) {
	var out []mutant
	d := yaml.NewDecoder(strings.NewReader(string(mutantsYAML)))
	d.KnownFields(true)
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("reading mutants.yaml: %w", err)
	}
	return out, nil
}

func (m mutant) edits() []edit { return append([]edit{{m.File, m.From, m.To}}, m.Also...) }

// overlay writes the mutated files into a folder, and what tells the go command to build them in place of the real ones.
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
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "overlay.json")
	return file, os.WriteFile(file, data, 0o600)
}

// try builds the mutant and runs its case. It returns an error unless the case shows what the rule is for.
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
	survived := 0
	for _, m := range all {
		if !only.MatchString(m.Rule) || ctx.Err() != nil {
			continue
		}
		if err := m.try(ctx, root); err != nil {
			survived++
			fmt.Printf("survived  %s\n%v\n", m.Rule, err)
			continue
		}
		fmt.Printf("caught    %s\n", m.Rule)
	}
	fmt.Printf("%d of %d survived\n", survived, len(all))
	if survived > 0 {
		return 1
	}
	return 0
}
