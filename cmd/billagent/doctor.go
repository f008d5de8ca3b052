package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

// doctorFlags are what the command doctor is told.
type doctorFlags struct {
	flows   []string
	sample  string
	version string
	report  string
	step    time.Duration
	signIn  bool
	learn   bool
	page    string
	targets []string
}

func (a *app) doctorCommand() *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use: "doctor", Short: "Say what of a tenant's console the selectors and flows still match, and propose what could be in the place of what does not",
		Long: `Walk through every flow of a tenant's console up to its commit, and say of each target by which candidate it is found, what is missing,
and what there could be in its place. Nothing is changed: the flows have no commit here, and run where nothing can leave that may change
something. What is proposed is for a person to decide.

The exit status is 0 if each target is found by its first candidate, 6 if some are found by a fallback only (it works, and the next change of
the pages may break it), and 2 if a flow halts.`,
		Example: "  billagent doctor --report doctor.html\n  billagent doctor --flow deactivate --sample ann@acme.example -o json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := pageFlags(cmd, f.page != ""); err != nil {
				return err
			}
			if f.page != "" {
				return a.doctorPage(cmd, f)
			}
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error { return a.doctor(ctx, s, f) })
		},
	}
	f.add(c)
	c.Flags().StringArrayVar(&f.targets, "target", nil, "with --page: a target that should be on it (default: those of the step that failed)")
	c.Flags().BoolVar(&f.learn, "learn", false, "keep what each target looks like in the version's file in the overlay folder, for later proposals")
	c.Flags().StringVar(&f.page, "page", "", "look at this kept page (page.mhtml of the evidence) instead of the console")
	return c
}

// pageFlags refuses what says nothing to a kept page, or to a console.
func pageFlags(cmd *cobra.Command, page bool) error {
	refused, why := []string{"target"}, "only a kept page is asked for a target: use it with --page"
	if page {
		refused, why = []string{"flow", "sample", "sign-in", "step", "learn"}, "a kept page is one page: it has no flows, and nothing is learned of it"
	}
	for _, name := range refused {
		if cmd.Flags().Changed(name) {
			return usage(fmt.Errorf("--%s: %s", name, why))
		}
	}
	return nil
}

func (a *app) doctor(ctx context.Context, s *service.Service, f doctorFlags) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	w := f.walk()
	w.Begun = func(flow *flows.Flow) { a.tell(event.Step{Tenant: name, Text: "looking at the flow " + flow.Name}) }
	o := doctor.Options{Pictures: f.report != ""}
	var r *doctor.Report
	if f.learn {
		r, err = s.Learn(ctx, name, o, w, a.tell)
	} else {
		var x *doctor.Examination
		if x, err = s.Examine(ctx, name, o, w, a.tell); err == nil {
			r = x.Report()
		}
	}
	if err != nil {
		return err
	}
	a.live.stop()
	return a.printReport(r, f.report)
}

// doctorPage looks at a kept page. It needs no tenant, and asks no console.
func (a *app) doctorPage(cmd *cobra.Command, f doctorFlags) error {
	lib, c, err := a.library("")
	if err != nil {
		return err
	}
	o := doctor.Options{Library: lib, Pictures: f.report != "", Masking: automation.Masking{Others: c.Evidence.MaskOthers}}
	x, err := service.ExaminePage(cmd.Context(), c, doctor.Kept{File: f.page, Version: f.version, Targets: f.targets}, o)
	if err != nil {
		return err
	}
	return a.printReport(x.Report(), f.report)
}

// printReport prints a report, writes its page where one is wanted, and returns the exit status.
func (a *app) printReport(r *doctor.Report, file string) error {
	if file != "" {
		if err := writePage(file, r); err != nil {
			return err
		}
	}
	var err error
	switch a.output {
	case "json":
		err = printJSON(a.stdout, r)
	case "ndjson":
		err = printLine(a.stdout, r)
	case "csv":
		var records [][]string
		for _, t := range r.Targets {
			records = append(records, []string{t.Name, string(t.State), t.Candidate, t.Detail, strings.Join(t.Flows, " ")})
		}
		err = a.writeRecords([]string{"target", "state", "candidate", "detail", "flows"}, records)
	default:
		if r.Version == "" && r.Verdict == doctor.Broken && r.Code == string(userops.CodeOf(userops.ErrConfig)) { // nothing was looked at
			return usage(errors.New(joined(plain(r.Failed), plain(r.Hint))))
		}
		err = reportText(a.stdout, r)
		if err == nil && file != "" {
			_, err = fmt.Fprintf(a.stdout, "The page with pictures is %s\n", file)
		}
	}
	if err != nil {
		return err
	}
	switch r.Verdict {
	case doctor.Broken:
		if r.Code == string(userops.CodeOf(userops.ErrConfig)) { // nothing was begun
			return &exitError{code: 1}
		}
		return &exitError{code: userops.Halted.ExitCode()}
	case doctor.Worn:
		return &exitError{code: mixedExit}
	}
	return nil
}

// mixedExit is the exit status of what is neither wholly right nor wrong.
const mixedExit = 6

func writePage(file string, r *doctor.Report) error {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return usage(fmt.Errorf("writing the report: %w", err))
	}
	return errors.Join(r.WriteHTML(out), out.Close())
}

// reportText prints a report for a person.
func reportText(to io.Writer, r *doctor.Report) error {
	var b strings.Builder
	if r.Version != "" {
		fmt.Fprintf(&b, "%s, layout %s, version %s\n", r.App, r.Layout, r.Version)
	}
	if r.SignIn != "" {
		fmt.Fprintf(&b, "the sign-in by version %s\n", r.SignIn)
	}
	for _, v := range r.Recognised {
		if v.Matches && v.Version == r.Version {
			fmt.Fprintf(&b, "recognised by %s\n", plain(recognisedBy(v)))
		}
	}
	for _, f := range r.Flows {
		switch {
		case f.Broken():
			fmt.Fprintf(&b, "halts    %-12s %s\n", f.Name, plain(f.Reason))
			if hint := joined(f.Hint, flowAdvice(r, f)); hint != "" {
				fmt.Fprintf(&b, "         what to do: %s\n", plain(hint))
			}
		case f.Skipped != "":
			fmt.Fprintf(&b, "skipped  %-12s %s\n", f.Name, plain(f.Skipped))
		default:
			fmt.Fprintf(&b, "ok       %s%s\n", f.Name, onlyPart(f))
		}
	}
	for _, t := range r.Of(doctor.Missing, doctor.Ambiguous, doctor.Elsewhere, doctor.Columns, doctor.Fallback) {
		lookText(&b, t)
	}
	fmt.Fprintf(&b, "\n%d targets found, %d by a fallback, %d wrong, %d not shown this time, %d not reached\n", len(r.Of(doctor.Found)), len(r.Of(doctor.Fallback)),
		len(r.Of(doctor.Missing, doctor.Ambiguous, doctor.Elsewhere, doctor.Columns)), len(r.Of(doctor.NotShown)), len(r.Of(doctor.NotReached)))
	if r.Failed != "" {
		fmt.Fprintf(&b, "It could not be looked at: %s\n", plain(r.Stopped()))
		for _, v := range r.Recognised {
			for _, c := range v.Conditions {
				if !c.Holds {
					fmt.Fprintf(&b, "  version %s: none of these is there: %s\n", v.Version, plain(strings.Join(c.Any, ", ")))
				}
			}
		}
	}
	if r.Hint != "" && r.Stopped() == r.Failed {
		fmt.Fprintf(&b, "what to do: %s\n", plain(joined(r.Hint, reportAdvice(r.Code))))
	}
	fmt.Fprintln(&b, r.Verdict.Words())
	for _, f := range r.Flows {
		if f.Unseen != "" {
			fmt.Fprintf(&b, "Not looked at: %s, %s: nothing is typed or pressed there without --sign-in\n", f.Name, f.Unseen)
		}
	}
	for _, file := range []string{r.Written, r.WrittenSignIn} {
		if file != "" {
			fmt.Fprintf(&b, "Written: %s\n", file)
		}
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// mostReasons bounds how many reasons a proposal is printed with. The page with pictures has them all.
const mostReasons = 4

// shortened are the first reasons, and how many more there are.
func shortened(reasons []string) string {
	if len(reasons) <= mostReasons {
		return strings.Join(reasons, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(reasons[:mostReasons], "; "), len(reasons)-mostReasons)
}

// recognisedBy says by what a page is that of a version.
func recognisedBy(v doctor.Recognition) string {
	var all []string
	for _, c := range v.Conditions {
		all = append(all, strings.Join(c.Any, " or "))
	}
	return strings.Join(all, ", and ")
}

// flowAdvice is the command that mends what a flow halts at.
func flowAdvice(r *doctor.Report, f doctor.Flow) string {
	for _, t := range r.Of(doctor.Missing, doctor.Ambiguous, doctor.Elsewhere, doctor.Columns) {
		switch {
		case t.Blocked() || !slices.Contains(t.Flows, f.Name):
		case len(t.Proposals) > 0 && t.Proposals[0].Clear:
			return fmt.Sprintf("billagent selectors repair --target %s, or billagent selectors pick %s", t.Name, t.Name)
		case len(t.Proposals) > 0:
			return fmt.Sprintf("billagent selectors pick %s, or billagent selectors repair --target %s=NUMBER", t.Name, t.Name)
		case t.State == doctor.Columns:
			column := slices.Sorted(maps.Keys(t.Columns))[0]
			return fmt.Sprintf("billagent selectors repair --column %s.%s=HEADER", t.Name, column)
		default:
			return "billagent selectors pick " + t.Name
		}
	}
	return reportAdvice(f.Code)
}

// reportAdvice is the command for a reason of a report, where that is another than the one that printed it.
func reportAdvice(code string) string {
	reason := userops.ReasonFor(userops.Code(code))
	if say, ok := advice[reason]; ok && reason != userops.ErrDrift && reason != userops.ErrUnknownUI {
		return say(wish{})
	}
	return ""
}

// onlyPart says that no more than a page of a flow was looked at.
func onlyPart(f doctor.Flow) string {
	if f.Name == "sign-in" && f.On != "" {
		return ", " + f.On
	}
	return ""
}

// lookText tells of a target that is not found as it should be, and of what is proposed.
func lookText(b *strings.Builder, t *doctor.Target) {
	fmt.Fprintf(b, "\n%s: %s", t.Name, t.State.Words())
	if t.Detail != "" {
		fmt.Fprintf(b, ", %s", plain(t.Detail))
	}
	fmt.Fprintln(b)
	for _, tried := range t.Tried {
		fmt.Fprintf(b, "  tried %s\n", plain(tried))
	}
	for _, m := range t.Matches {
		fmt.Fprintf(b, "  there is %s\n", plain(m))
	}
	for _, column := range slices.Sorted(maps.Keys(t.Headers)) {
		h := t.Headers[column]
		said := fmt.Sprintf("none of the headers left is like %q: %s", h.Was, strings.Join(h.Left, ", "))
		if h.Words != "" {
			said = fmt.Sprintf("it may be below %q, was %q (%.0f %% alike)", h.Words, h.Was, h.Score*100)
		}
		fmt.Fprintf(b, "  column %s: %s\n", column, plain(said))
	}
	for i, p := range t.Proposals {
		word := "perhaps"
		if p.Clear {
			word = "it may be"
		}
		fmt.Fprintf(b, "  %d. %s %s (%.0f %% alike)\n", i+1, word, plain(p.Element), p.Score*100)
		for _, c := range p.Candidates[:min(3, len(p.Candidates))] {
			fmt.Fprintf(b, "     by %s\n", plain(c.String()))
		}
		if len(p.Reasons) > 0 {
			fmt.Fprintf(b, "     since %s\n", plain(shortened(p.Reasons)))
		}
	}
	if t.Refused != "" {
		word := "nothing is proposed"
		if len(t.Proposals) > 0 {
			word = "none is clear"
		}
		fmt.Fprintf(b, "  %s: %s\n", word, plain(t.Refused))
	}
}
