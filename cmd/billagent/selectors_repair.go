package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/billagent/billagent/selectors/datafile"
	"github.com/spf13/cobra"
)

func (a *app) selectorsRepairCommand() *cobra.Command {
	var targets, columns []string
	var of string
	var clear, rehearse bool
	var f doctorFlags
	c := &cobra.Command{
		Use: "repair", Short: "Apply what doctor proposes to a new version in the overlay folder, and look again by it",
		Long: `Look at the tenant's console as doctor does, apply proposals to a version of today in the overlay folder, and look again by it, until nothing
is left to apply. What was there before stays as a fallback behind what is new. --clear applies each proposal that doctor calls clear; --target
applies that of one target, if it is clear, or any by its number, in the report that --of names (doctor -o json) or else in the look that is taken
now. At the end every change is rehearsed through its press, where nothing can leave that may change something (--rehearse=false leaves that out).
What is new is printed as a unified diff, as a pull request shows it. Nothing of the console is changed.

The exit status is that of doctor, by the new version.`,
		Example: "  billagent selectors repair --clear\n  billagent doctor -o json > seen.json; billagent selectors repair --of seen.json --target user.save=2", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			choices, err := chosen(targets, columns)
			if err == nil && of != "" {
				err = numberedIn(choices, of)
			}
			if err != nil {
				return err
			}
			if len(choices) == 0 && !clear {
				return usage(errors.New("choose proposals with --target NAME=NUMBER or --column TABLE.COLUMN=HEADER, or apply the clear ones with --clear"))
			}
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
				return a.repair(ctx, s, service.Repair{Choices: choices, Clear: clear, Walk: f.walk(), Options: doctor.Options{Pictures: f.report != ""}}, rehearse, f.report)
			})
		},
	}
	f.add(c)
	c.Flags().StringArrayVar(&targets, "target", nil, "apply this proposal: a target, and a number (without one, the first, if it is clear)")
	c.Flags().StringVar(&of, "of", "", "the report whose proposals --target numbers, as doctor -o json printed it")
	c.Flags().StringArrayVar(&columns, "column", nil, "read a column below this header now, as in users.table.role=Function")
	c.Flags().BoolVar(&clear, "clear", false, "apply every proposal that is clear")
	c.Flags().BoolVar(&rehearse, "rehearse", true, "rehearse every change through its press afterwards")
	return c
}

// chosen reads --target and --column.
func chosen(targets, columns []string) (out []doctor.Choice, err error) {
	for _, c := range columns {
		place, header, named := strings.Cut(c, "=")
		dot := strings.LastIndex(place, ".")
		if !named || header == "" || dot < 1 {
			return nil, usage(fmt.Errorf("--column is %q: write it as in users.table.role=Function", c))
		}
		out = append(out, doctor.Choice{Target: place[:dot], Column: place[dot+1:], Header: header})
	}
	for _, t := range targets {
		name, number, named := strings.Cut(t, "=")
		n := 0 // the one that is clear
		if named {
			if n, err = strconv.Atoi(number); err != nil || n < 1 {
				return nil, usage(fmt.Errorf("--target is %q: write it as in user.save=2", t))
			}
		}
		out = append(out, doctor.Choice{Target: name, Number: n})
	}
	return out, nil
}

// numberedIn has choices be of the proposals of a report that doctor has printed.
func numberedIn(choices []doctor.Choice, file string) error {
	data, err := datafile.ReadFile(file, greatestReport)
	if err != nil {
		return usage(fmt.Errorf("reading the report: %w", err))
	}
	var r doctor.Report
	if err := json.Unmarshal(data, &r); err != nil || r.Version+r.SignIn == "" {
		return usage(fmt.Errorf("%s is no report of doctor: print one with doctor -o json", file))
	}
	for i := range choices {
		choices[i].Of = &r
	}
	return nil
}

// greatestReport bounds the report that is read, in bytes: one of 50 targets with their proposals has some 100 kB.
const greatestReport = 16 << 20

func (a *app) repair(ctx context.Context, s *service.Service, p service.Repair, rehearse bool, page string) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	done, err := s.Repair(ctx, name, p, a.tell)
	if err != nil {
		return err
	}
	a.live.stop()
	r := done.Report
	if r.Written = done.File; done.SignIn != nil {
		r.WrittenSignIn = done.SignIn.File
	}
	if r.Diff, err = diffOf(done); err != nil {
		return err
	}
	if a.output == "table" {
		if err := a.repairText(done); err != nil {
			return err
		}
	}
	var failed error
	switch {
	case !rehearse || done.After == nil:
	case !r.Lists():
		a.note("nothing was rehearsed, since the list cannot be read yet")
	case done.Pinned != "" && done.Pinned != done.After.ID:
		a.note("nothing was rehearsed, since the tenant names another version")
	default:
		failed = a.rehearsals(ctx, s, name, r)
	}
	if err := a.printReport(r, page); err != nil && failed == nil {
		return err
	}
	return failed
}

// repairText prints what a repair has written, as a diff.
func (a *app) repairText(done *service.Repaired) error {
	if !done.Wrote() {
		_, err := fmt.Fprintln(a.stdout, "Nothing was written: no proposal could be applied.")
		return err
	}
	if _, err := fmt.Fprintln(a.stdout, done.Report.Diff); err != nil {
		return err
	}
	if done.Pinned == "" || done.After == nil || done.Pinned == done.After.ID {
		return nil
	}
	_, err := fmt.Fprintf(a.stdout, "The tenant names version %s: set selector_version to %s to use the new one.\n\n", done.Pinned, done.After.ID)
	return err
}

// diffOf is what a repair has written, of the sign-in first.
func diffOf(done *service.Repaired) (string, error) {
	signIn := ""
	var err error
	if done.SignIn != nil {
		if signIn, err = versionDiff(done.SignIn.Before, done.SignIn.File); err != nil {
			return "", err
		}
	}
	pages, err := versionDiff(done.Before, done.File)
	return signIn + pages, err
}

// versionDiff is what is otherwise in a file than in the version which it was made from, as a unified diff; empty
// where there is no file.
func versionDiff(before *selectors.Version, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("reading what was written: %w", err)
	}
	return udiff.Unified(before.File(), file, before.Text(), string(text)), nil
}

// rehearsals rehearses the changes through their presses, and says of each what came of it.
func (a *app) rehearsals(ctx context.Context, s *service.Service, name string, r *doctor.Report) error {
	results, err := s.Rehearse(ctx, name, r, a.tell)
	if err != nil {
		return err
	}
	a.live.stop()
	failed := 0
	for _, res := range results {
		one := doctor.Rehearsal{Action: string(res.Action), Email: res.Email, Passed: errors.Is(res.Err, userops.ErrRehearsed)}
		word, why := "rehearsed", ""
		if !one.Passed {
			failed++
			one.Reason, one.Code = res.Reason, string(res.Code)
			word, why = "FAILED", ": "+plain(res.Reason)
		}
		r.Rehearsals = append(r.Rehearsals, one)
		if a.output == "table" {
			if _, err := fmt.Fprintf(a.stdout, "%-10s %s %s%s\n", word, res.Action, res.Email, why); err != nil {
				return err
			}
		}
	}
	if failed > 0 {
		return &exitError{code: userops.Halted.ExitCode(), err: fmt.Errorf("%d of %d rehearsals through the press failed", failed, len(results))}
	}
	return nil
}

// walk is how the command's flags say to look.
func (f *doctorFlags) walk() doctor.Walk {
	return doctor.Walk{Only: f.flows, Sample: f.sample, Version: f.version, SignIn: f.signIn, Step: f.step}
}

// add gives a command the flags that say how to look.
func (f *doctorFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.flows, "flow", nil, "look at this flow only (may be given several times)")
	c.Flags().StringVar(&f.sample, "sample", "", "e-mail of a user on whose pages to look (default: the first that fits)")
	c.Flags().BoolVar(&f.signIn, "sign-in", false, "sign in afresh, and look at the sign-in pages, too")
	c.Flags().StringVar(&f.version, "selectors", "", "look by this selector version, also where it is not recognised")
	c.Flags().StringVar(&f.report, "report", "", "write a page with pictures to this file, too")
	c.Flags().DurationVar(&f.step, "step", 8*time.Second, "how long a step may take that does not say")
	c.PreRunE = func(*cobra.Command, []string) error { return f.check() }
}

// check refuses flags that no look can follow, before a browser is started.
func (f *doctorFlags) check() error {
	if err := checkStep(f.step); err != nil {
		return err
	}
	of := func(names ...string) bool { // nothing but these flows is looked at
		other := func(name string) bool { return !slices.Contains(names, name) }
		return len(f.flows) > 0 && !slices.ContainsFunc(f.flows, other)
	}
	switch {
	case f.version != "" && of("sign-in"):
		return usage(errors.New("--selectors: it names a version of the console's pages, and of the sign-in the newest is used: look at another flow, too"))
	case f.sample != "" && of("sign-in", "identify", "list-users", "list-roles"):
		return usage(fmt.Errorf("--sample: nothing is looked at on the pages of a user for %s", strings.Join(f.flows, ", ")))
	}
	return checkSample(f.sample)
}

// checkSample refuses what is no e-mail.
func checkSample(email string) error {
	if email == "" {
		return nil
	}
	if _, err := userops.CheckEmail(email); err != nil {
		return usage(fmt.Errorf("--sample: %w", err))
	}
	return nil
}

func checkStep(step time.Duration) error {
	if step <= 0 {
		return usage(fmt.Errorf("--step %s: a step takes longer than no time", step))
	}
	return nil
}
