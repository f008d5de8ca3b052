package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/spf13/cobra"
)

// calibrateFlags are what `calibrate` is asked for.
type calibrateFlags struct {
	doctorFlags
	remote          remoteFlags
	clear, rehearse bool
}

func (a *app) calibrateCommand() *cobra.Command {
	var f calibrateFlags
	c := &cobra.Command{
		Use: "calibrate", Short: "Correct what the selectors guess on your own console, target by target, with a click for each",
		Long: `Walk through every flow of the tenant's console up to its commit. Where a target is missing, or several match, a window shows the page, says where
it was looked for, outlines what it may be, and waits: Enter takes that, a click shows another element, Record from here takes down a stretch of the
flow whose steps are others, Record the flow the whole of it, Skip goes on without it, and Leave ends. What is shown goes to one version of today in
the overlay folder, and the walk goes on by it at once.

At the end the list is read to its proved end, and each change is rehearsed through its press, where nothing can leave. What a commit sends then is
written into its flow in the overlay folder, where the flow does not say it, or guesses something else. A report says what
is recorded now, what is still guessed, what was not tried, and which one change to try on a user who is there for tests. Nothing of the console is changed.

It can be left at any time, also with Ctrl-C: the next one begins where this one ended. Where no version is recognised, name the one that comes closest
with --selectors: you are then asked for a mark that every page has.

The exit status is that of doctor, by the new version, and 2 if you left.`,
		Example: "  billagent calibrate --tenant acme\n  billagent calibrate --tenant acme --selectors neo3-2026-09 --sample test@acme.example", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serveShown(cmd, f.remote, func(ctx context.Context, s *service.Service) error { return a.calibrate(ctx, s, f) })
		},
	}
	f.add(c)
	f.remote.add(c)
	c.Flags().BoolVar(&f.clear, "clear", false, "apply every proposal that is clear without asking, but at the sign-in")
	c.Flags().BoolVar(&f.rehearse, "rehearse", true, "rehearse every change through its press at the end")
	return c
}

func (a *app) calibrate(ctx context.Context, s *service.Service, f calibrateFlags) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	c := service.Calibrate{
		Walk: f.walk(), Options: doctor.Options{Pictures: f.report != ""}, Clear: f.clear, Rehearse: f.rehearse,
		StandIn: a.calibrates,
	}
	c.Walk.Begun = func(flow *flows.Flow) { a.tell(event.Step{Tenant: name, Text: "looking at the flow " + flow.Name}) }
	c.Asks = func(what string) { a.note(what) }
	c.Keep = a.keepRecorded
	if c.Where = "the window"; f.remote.remote {
		c.Where = "the browser that shows the page"
	}
	done, err := s.Calibrate(ctx, name, c, a.tell)
	if err != nil {
		if done != nil && done.File+done.SignIn != "" {
			a.note("what was shown until now is kept in " + strings.TrimSpace(done.SignIn+" "+done.File) + ": the next calibrate goes on there")
		}
		return err
	}
	a.live.stop()
	return a.printCalibrated(done, f.report)
}

// keepRecorded writes a flow that was recorded into the overlay folder, in the place of one that is there.
func (a *app) keepRecorded(done *service.Recorded) error {
	conf, err := a.load()
	if err != nil {
		return err
	}
	lib, _, err := a.library(done.Options.App)
	if err != nil {
		return err
	}
	v, err := a.versionWith(done)
	if err != nil {
		return err
	}
	flow := wholeFlow(lib, done.Draft, done.Options)
	if done.Into != nil {
		flow = importedFile{File: path.Join("flows", done.Options.App, path.Base(done.Into.Name)), Text: done.Into.Text}
	}
	out, err := filesOf(lib, conf, done.Draft, done.Options, flow, v)
	if err != nil {
		return err
	}
	if out.replace = true; out.Draft {
		why := slices.Clone(out.ToDo)
		for _, left := range out.LeftOut {
			why = append(why, "left out: "+left.String())
		}
		return fmt.Errorf("what was recorded for %s is a draft, and is not kept: %s", out.Flow, strings.Join(why, "; "))
	}
	return writeImported(conf, out, "overlay")
}

// calibrated is what `calibrate -o json` prints. The names are a contract.
type calibrated struct {
	File      string           `json:"file"`
	SignIn    string           `json:"sign_in_file,omitempty"`
	Shown     []string         `json:"shown"`
	Recorded  []string         `json:"recorded_flows"`
	Stretches []string         `json:"recorded_stretches"` // flows of which a stretch was recorded
	Sends     []string         `json:"recorded_sends"`     // flows of which it was written down what their commits send
	Confirmed []string         `json:"confirmed_sends"`    // flows that guess what their commits send, and whose rehearsals have sent just that
	Skipped   []string         `json:"skipped"`
	Left      bool             `json:"left"`
	Standing  targetStanding   `json:"standing"`
	Complete  *bool            `json:"list_complete"` // null: the list was not read
	Proof     string           `json:"list_proof"`
	Rehearsed []userops.Result `json:"rehearsed"`
	Report    *doctor.Report   `json:"report"`
}

// targetStanding is where each target of the version stands.
type targetStanding struct {
	Known    []string `json:"known"`    // found on this console
	Recorded []string `json:"recorded"` // those of them that are recorded, and no longer guessed
	Fallback []string `json:"fallback"` // those of them that their first candidate does not find, each with why
	Guessed  []string `json:"guessed"`  // not found, or not come to, and only guessed
	Unseen   []string `json:"unseen"`   // not found, or not come to, and known from elsewhere
	Untested []string `json:"untested"` // flows that were not gone through, or not rehearsed, each with why
}

func standingOf(done *service.Calibrated) (out targetStanding) {
	found := done.Report.Of(doctor.Found, doctor.Fallback)
	is := func(name string) bool {
		return slices.ContainsFunc(found, func(t *doctor.Target) bool { return t.Name == name })
	}
	for _, t := range done.Report.Of(doctor.Fallback) {
		out.Fallback = append(out.Fallback, fmt.Sprintf("%s (%s)", t.Name, t.Detail))
	}
	v := done.After
	if v == nil {
		v = done.Before
	}
	if v == nil { // left before anything of the console was looked at
		return out
	}
	for _, name := range v.Names() {
		t, _ := v.Target(name)
		by := func(p selectors.Provenance) func(selectors.Candidate) bool {
			return func(c selectors.Candidate) bool { return c.Provenance == p }
		}
		switch {
		case is(name) && slices.ContainsFunc(t.Candidates, by(selectors.Recorded)):
			out.Known, out.Recorded = append(out.Known, name), append(out.Recorded, name)
		case is(name):
			out.Known = append(out.Known, name)
		case slices.ContainsFunc(t.Candidates, func(c selectors.Candidate) bool { return c.Provenance != selectors.Guessed }):
			out.Unseen = append(out.Unseen, name)
		default:
			out.Guessed = append(out.Guessed, name)
		}
	}
	for _, f := range done.Report.Flows {
		kind, changes := userops.KindOfFlow(f.Name)
		rehearsed := slices.ContainsFunc(done.Results, func(r userops.Result) bool { return r.Action == kind.Action })
		switch {
		case f.Skipped != "":
			out.Untested = append(out.Untested, f.Name+": "+f.Skipped)
		case changes && !rehearsed:
			out.Untested = append(out.Untested, f.Name+": it was not rehearsed")
		}
	}
	return out
}

func (a *app) printCalibrated(done *service.Calibrated, page string) error {
	if page != "" {
		if err := writePage(page, done.Report); err != nil {
			return err
		}
	}
	out := calibrated{
		File: done.File, SignIn: done.SignIn, Left: done.Left, Standing: standingOf(done), Report: done.Report,
		Shown: append([]string{}, done.Shown...), Recorded: append([]string{}, done.Recorded...), Stretches: append([]string{}, done.Stretches...),
		Sends: append([]string{}, done.Sends...), Confirmed: append([]string{}, done.Confirmed...), Skipped: append([]string{}, done.Skipped...),
		Rehearsed: append([]userops.Result{}, done.Results...),
	}
	if done.Listing != nil {
		out.Complete, out.Proof = &done.Listing.Complete, done.Listing.Proof
	}
	if a.output == "json" || a.output == "ndjson" {
		if err := printLine(a.stdout, out); err != nil {
			return err
		}
	} else if err := a.calibratedText(done, out); err != nil {
		return err
	}
	return calibratedExit(done)
}

func calibratedExit(done *service.Calibrated) error {
	failed := func(r userops.Result) bool { return !errors.Is(r.Err, userops.ErrRehearsed) }
	switch {
	case done.Left, done.Report.Verdict == doctor.Broken, slices.ContainsFunc(done.Results, failed), done.Listing != nil && !done.Listing.Complete:
		return &exitError{code: userops.Halted.ExitCode()}
	case done.Report.Verdict == doctor.Worn:
		return &exitError{code: mixedExit}
	}
	return nil
}

// calibratedText is the report for a person.
func (a *app) calibratedText(done *service.Calibrated, out calibrated) error {
	var b strings.Builder
	for _, file := range []string{done.SignIn, done.File} {
		if file != "" {
			fmt.Fprintf(&b, "Written: %s\n", file)
		}
	}
	list := func(title string, all []string) {
		if len(all) > 0 {
			fmt.Fprintf(&b, "%s: %s\n", title, plain(strings.Join(all, ", ")))
		}
	}
	list("shown", out.Shown)
	list("flows recorded", out.Recorded)
	list("a stretch was recorded, of", out.Stretches)
	list("what the commit sends was recorded, for", out.Sends)
	list("what the commit sends is as it was guessed, for", out.Confirmed)
	list("skipped", out.Skipped)
	fmt.Fprintf(&b, "found on this console: %s\n", counted(len(out.Standing.Known), "target"))
	list("recorded, no longer guessed", out.Standing.Recorded)
	list("found, and not by its first candidate", out.Standing.Fallback)
	list("still guessed", out.Standing.Guessed)
	list("known from elsewhere, and not seen here", out.Standing.Unseen)
	list("not tried", out.Standing.Untested)
	switch {
	case done.Left:
		b.WriteString("You left. What was shown is kept: run the command again to go on.\n")
	case done.Pinned != "" && done.After != nil && done.Pinned != done.After.ID:
		fmt.Fprintf(&b, "The tenant names version %s: set selector_version to %s to use the new one.\n", done.Pinned, done.After.ID)
	case done.Report.Verdict == doctor.Broken:
		b.WriteString("Something halts yet, as is said below.\n")
	}
	if done.Listing != nil {
		word := "complete"
		if !done.Listing.Complete {
			word = "NOT COMPLETE"
		}
		fmt.Fprintf(&b, "the list: %s: %s\n", word, plain(done.Listing.Proof))
	}
	for _, r := range done.Results {
		rehearsedText(&b, r)
	}
	if try := oneChange(done); try != "" {
		fmt.Fprintf(&b, "To try for real, once, on a user who is there for tests: %s\n", try)
	}
	if _, err := io.WriteString(a.stdout, b.String()); err != nil {
		return err
	}
	if done.Left || done.Report.Verdict != doctor.Broken {
		return nil
	}
	return reportText(a.stdout, done.Report)
}

// rehearsedText tells of a rehearsal through the press: what would have left, and the form of it where that could not
// be written into the flow's file.
func rehearsedText(b *strings.Builder, r userops.Result) {
	if !errors.Is(r.Err, userops.ErrRehearsed) {
		fmt.Fprintf(b, "FAILED     %s %s: %s\n", r.Action, plain(r.Email), plain(r.Reason))
		if r.Hint != "" {
			fmt.Fprintf(b, "           %s\n", plain(r.Hint))
		}
		return
	}
	fmt.Fprintf(b, "rehearsed  %s %s\n", r.Action, plain(r.Email))
	for _, w := range r.WouldSend {
		if !w.Commit {
			continue
		}
		fmt.Fprintf(b, "           would send %s\n", plain(w.Request))
		if w.Sends != "" {
			fmt.Fprintf(b, "           for the flow's file: %s\n", strings.ReplaceAll(strings.TrimSpace(plain(w.Sends)), "\n", "\n           "))
		}
	}
}

// oneChange is the change that is to be tried for real: one that was rehearsed and can be taken back.
func oneChange(done *service.Calibrated) string {
	givesBack := done.Report != nil && slices.ContainsFunc(done.Report.Flows, func(f doctor.Flow) bool { return f.Name == string(userops.Reactivate) })
	for _, try := range []struct {
		action  userops.Action
		command string
	}{
		{userops.Deactivate, "billagent users deactivate TEST-USER, then billagent users reactivate TEST-USER"},
		{userops.SetRole, "billagent users set-role TEST-USER --role ROLE"}, {userops.Rename, "billagent users rename TEST-USER --first-name FIRST --last-name LAST"},
	} {
		if try.action == userops.Deactivate && !givesBack {
			continue
		}
		ok := func(r userops.Result) bool { return r.Action == try.action && errors.Is(r.Err, userops.ErrRehearsed) }
		if slices.ContainsFunc(done.Results, ok) {
			return try.command
		}
	}
	return ""
}
