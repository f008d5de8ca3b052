package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/spf13/cobra"
)

// recordFlags are what `record` is asked for.
type recordFlags struct {
	window           windowFlags
	remote           remoteFlags
	inputs           []string
	to               string
	replace          bool
	rehearse, commit bool
}

func (a *app) recordCommand() *cobra.Command {
	var f recordFlags
	c := &cobra.Command{
		Use: "record FLOW", Short: "Record a flow by doing it once in a window, and write its file and its targets into the overlay folder",
		Long: `Open the tenant's console, signed in, in a window, and do there what the flow is to do. A panel shows each step as it is taken down. It
undoes the last one, gives its target a name, and takes down what you show it by a click that does not reach the page: what commits (it is
not pressed), what names the person, what is to say the same each time, and the list of people with its columns, its counter, its
next page and what filters it; for list-roles the roles on offer, for identify the organisation, for pending what says that a change waits,
for details what the person's page says of them. F2 goes to the panel, Stop ends the recording.

Nothing that may change something leaves meanwhile; a link that is followed (GET) does. What was kept from leaving is told, and if it was the
commit, the step before it can be made that. Give what you will type as --input: it becomes an input of the flow. What is typed into a field
for a password or a code is never recorded.

Targets of the version keep their names, and steps that a part of the layout has become that part. What can be loaded is written into the
overlay folder: the flow, and the version with the new targets. --rehearse then goes through the press, where nothing can leave. --commit makes
the change, too, if its rehearsal passes: billagent presses what you have shown, and not you, so that it is written into the journal first and
held to what the flow says of the person and of what may leave. What the press sends is written into the flow where that says nothing of it.`,
		Example: "  billagent record deactivate --input email=ann@acme.example\n" +
			"  billagent record set-role --input email=ann@acme.example --input role=Clerk --rehearse\n" +
			"  billagent record rename --input email=test@acme.example --input first_name=Ann --input last_name=Test --commit",
		Args: exactly(1, "a flow"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.record(cmd, args[0], f) },
	}
	f.window.add(c)
	f.remote.add(c)
	c.Flags().StringArrayVar(&f.inputs, "input", nil, "an input and what you will type or choose for it, as name=value (may be given several times)")
	c.Flags().StringVar(&f.to, "to", "overlay", "overlay, for the overlay folder of the configuration, or another folder, which takes drafts, too")
	c.Flags().BoolVar(&f.replace, "replace", false, "put it in the place of a flow of this name that the folder has")
	c.Flags().BoolVar(&f.rehearse, "rehearse", false, "rehearse it through its press once it is written")
	c.Flags().BoolVar(&f.commit, "commit", false, "make the change, too, once it is written and its rehearsal has passed")
	return c
}

func (a *app) record(cmd *cobra.Command, name string, f recordFlags) error {
	kind, acts := userops.KindOfFlow(name)
	given, err := f.check(name)
	if err != nil {
		return err
	}
	var written recordedFlow
	err = a.serveShown(cmd, f.remote, func(ctx context.Context, s *service.Service) error {
		conf, err := a.load()
		if err == nil && f.to == "overlay" && conf.Overlay == "" { // before anything is done, not after
			err = usage(errors.New("set overlay in the configuration to the folder that is to have files of your own"))
		}
		if err == nil {
			written, err = a.recordWith(ctx, s, conf, name, given, f)
		}
		return err
	})
	switch {
	case err != nil || written.layout == "" || !acts || f.to != "overlay":
		return err
	case !f.rehearse && !f.commit && !a.agrees(cmd.Context(), "Rehearse it now through its press, where nothing can leave? [y/N] "):
		return nil
	}
	checked, err := requestOf(kind, inputsFor(kind, given))
	if err != nil {
		return err
	}
	return a.rehearseRecorded(cmd, written, service.RecordedChange{Layout: written.layout, Request: checked, By: actor(), Commit: f.commit})
}

// recordedFlow is a flow that can be used now.
type recordedFlow struct {
	layout string // empty: there is none
	file   string
	before []byte // what stood in the file; nil: it was not there
}

// setAside has what was there before be used again in the place of a flow whose rehearsal has not passed, which is kept.
func (f recordedFlow) setAside() (kept string, err error) {
	kept = f.file + flows.Halted
	if err := os.Rename(f.file, kept); err != nil || f.before == nil {
		return kept, err
	}
	return kept, replaceFile(f.file, f.before)
}

// check refuses before the recording what would come to nothing after it, and returns the inputs.
func (f *recordFlags) check(flow string) (given map[string]string, err error) {
	if !flowName.MatchString(flow) {
		return nil, usage(fmt.Errorf("FLOW is %q: a flow is named by lower-case letters and hyphens", flow))
	}
	if strings.HasPrefix(flow, "sign-in") {
		return nil, usage(fmt.Errorf("%s is not recorded: its screens come in any order, and a recording begins signed in. "+
			"Begin with the one that ships (flows new), and run calibrate, which asks for what it does not find while it signs in", flow))
	}
	if given, err = inputsRecorded(f.inputs); err != nil {
		return nil, err
	}
	if a, b := sameValue(given); a != "" {
		return nil, usage(fmt.Errorf("--input %s and --input %s have the same value, so that nobody could tell which of them is typed: give each another", a, b))
	}
	kind, acts := userops.KindOfFlow(flow)
	switch {
	case f.rehearse && !acts:
		return nil, usage(fmt.Errorf("%s changes nothing: there is no press to rehearse", flow))
	case f.commit && !acts:
		return nil, usage(fmt.Errorf("--commit: %s is none of the actions, and only those are made: %s", flow, strings.Join(flowsOfActions(), ", ")))
	case (f.rehearse || f.commit) && f.to != "overlay":
		return nil, usage(errors.New("--to: a flow is tried from the overlay folder alone: leave out --to, or --rehearse and --commit"))
	case f.commit: // what the action does not take would be done otherwise than it was recorded
		_, err = requestOf(kind, given)
	case f.rehearse:
		_, err = requestOf(kind, inputsFor(kind, given))
	}
	return given, err
}

// sameValue finds two inputs that have the same value; empty: there are none.
func sameValue(given map[string]string) (a, b string) {
	by := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if other, taken := by[given[name]]; taken && given[name] != "" {
			return other, name
		}
		by[given[name]] = name
	}
	return "", ""
}

// flowsOfActions are the flows by which actions are made.
func flowsOfActions() (names []string) {
	for _, kind := range userops.Kinds {
		names = append(names, kind.Flow)
	}
	return names
}

// rehearseRecorded rehearses what was recorded, makes it if asked, and says what of it is known from now on.
func (a *app) rehearseRecorded(cmd *cobra.Command, written recordedFlow, c service.RecordedChange) error {
	return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
		tenant, err := s.Tenant("")
		if err != nil {
			return err
		}
		p := &printer{app: a}
		return p.print(ctx, func(ctx context.Context) error {
			done, err := s.RehearseRecorded(ctx, tenant, c, p.tell)
			switch {
			case done.Sends != "":
				a.note("what the commit sends is written down in " + done.Sends)
			case done.Unwritten != "":
				a.note("what the commit sends is not written down: " + done.Unwritten)
			}
			switch {
			case !c.Commit || done.Made != nil:
			case done.Passed():
				a.note("the change was not made, though its rehearsal has passed")
			default:
				a.note("the change was not made: its rehearsal has not passed")
			}
			if !done.Passed() && err == nil && done.Rehearsal.Outcome == userops.Halted {
				var kept string
				if kept, err = written.setAside(); err == nil {
					a.note("the flow as it was recorded is not used: it is kept as " + kept +
						". Correct it and give it the name without " + flows.Halted + ", or record it again")
				}
			}
			p.results = p.results[max(len(p.results)-1, 0):] // how the last has ended decides the exit status
			return err
		})
	})
}

// inputsFor are those of the inputs that an action takes. A recording may have more: what else was typed or chosen.
func inputsFor(kind userops.Kind, given map[string]string) map[string]string {
	out := maps.Clone(given)
	maps.DeleteFunc(out, func(name, _ string) bool { return name != "email" && !kind.Takes(userops.Input(name)) })
	return out
}

// recordWith records, and writes what came of it.
func (a *app) recordWith(
	ctx context.Context, s *service.Service, conf *config.Config, name string, given map[string]string, f recordFlags,
) (out recordedFlow, err error) {
	tenant, err := s.Tenant("")
	if err != nil {
		return out, err
	}
	r := service.Record{Place: f.window.place(), Flow: name, Inputs: given, Commit: f.commit, StandIn: a.records,
		Begins: func(lib *flows.Library, o recording.Options) error { return f.mayBegin(conf, lib, o) },
		Ready:  a.ready("do it in the window; Stop in the panel ends it")}
	done, err := s.Record(ctx, tenant, r, a.tell)
	if err != nil {
		return out, err
	}
	a.live.stop()
	lib, _, err := a.library(done.Options.App)
	if err != nil {
		return out, err
	}
	v, err := a.versionWith(done)
	if err != nil {
		return out, err
	}
	files, err := filesOf(lib, conf, done.Draft, done.Options, wholeFlow(lib, done.Draft, done.Options), v)
	if err != nil {
		return out, err
	}
	files.replace = f.replace
	file := path.Join(conf.Overlay, files.Files[0].File)
	before, unread := os.ReadFile(file)
	if unread != nil {
		before = nil
	}
	err = a.keepImported(conf, files, f.to)
	if files.Written && !files.Draft {
		out = recordedFlow{done.Options.Layout, file, before}
	}
	return out, err
}

// mayBegin refuses a recording that could not be written afterwards, since its flow has a file already.
func (f *recordFlags) mayBegin(conf *config.Config, lib *flows.Library, o recording.Options) error {
	folder := f.to
	if folder == "overlay" {
		folder = conf.Overlay
	}
	files := []string{path.Join(folder, recordedFile(lib, o))}
	if known, ok := lib.Flow(o.Flow, o.Layout); ok && f.to == "overlay" { // under another name it would be put aside silently
		name, _ := known.File()
		files = append(files, path.Join(folder, "flows", o.App, path.Base(name)))
	}
	for _, file := range files {
		if _, err := os.Lstat(file); err == nil && !f.replace {
			return &userops.Error{Act: "recording the flow", Target: o.Flow, Kind: userops.ErrConfig, Cause: fmt.Errorf("%s is there already", file),
				Hint: "say --replace, if it is to be another flow from now on"}
		}
	}
	return nil
}

// versionWith is the file of the version that was recorded by, which is to have the new targets: every version of a
// layout has what its flows name. In the overlay folder it stands in for the one that ships.
func (a *app) versionWith(done *service.Recorded) (versionFile, error) {
	v := done.Options.Version
	source := fmt.Sprintf("%s On %s: targets of the flow %s, recorded by hand.", strings.TrimSpace(v.Source), a.day, done.Options.Flow)
	text, err := v.Revise(selectors.Change{Layout: v.Layout, Date: v.Date, Source: source})
	return versionFile{path.Base(v.File()), string(text), a.day}, err
}

// agrees asks a person at a terminal, and takes silence and everybody else for no.
func (a *app) agrees(ctx context.Context, question string) bool {
	ask := a.ask()
	if ask == nil {
		return false
	}
	said, err := ask(ctx, question)
	return err == nil && strings.EqualFold(said, "y")
}
