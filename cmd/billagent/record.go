package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"strings"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/spf13/cobra"
)

// recordFlags are what `record` is asked for.
type recordFlags struct {
	window            windowFlags
	remote            remoteFlags
	inputs            []string
	to                string
	replace, rehearse bool
}

func (a *app) recordCommand() *cobra.Command {
	var f recordFlags
	c := &cobra.Command{
		Use: "record FLOW", Short: "Record a flow by doing it once in a window, and write its file and its targets into the overlay folder",
		Long: `Open the tenant's console, signed in, in a window, and do there what the flow is to do. A panel shows each step as it is taken down. It
undoes the last one, gives its target a name, and takes down what you show it by a click that does not reach the page: what commits (it is
not pressed), what names the person, what is to say the same each time, and the list of people with its columns, its counter, its
next page and what filters it; for list-roles the roles on offer, for identify the organisation. F2 goes to the panel, Stop ends the recording.

Nothing that may change something leaves meanwhile; a link that is followed (GET) does. What was kept from leaving is told, and if it was the
commit, the step before it can be made that. Give what you will type as --input: it becomes an input of the flow. What is typed into a field
for a password or a code is never recorded.

Targets of the version keep their names, and steps that a part of the layout has become that part. What can be loaded is written into the
overlay folder: the flow, and the version with the new targets. --rehearse then goes through the press, where nothing can leave.`,
		Example: "  billagent record deactivate --input email=ann@acme.example\n" +
			"  billagent record set-role --input email=ann@acme.example --input role=Clerk --rehearse",
		Args: exactly(1, "a flow"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.record(cmd, args[0], f) },
	}
	f.window.add(c)
	f.remote.add(c)
	c.Flags().StringArrayVar(&f.inputs, "input", nil, "an input and what you will type or choose for it, as name=value (may be given several times)")
	c.Flags().StringVar(&f.to, "to", "overlay", "overlay, for the overlay folder of the configuration, or another folder, which takes drafts, too")
	c.Flags().BoolVar(&f.replace, "replace", false, "put it in the place of a flow of this name that the folder has")
	c.Flags().BoolVar(&f.rehearse, "rehearse", false, "rehearse it through its press once it is written")
	return c
}

func (a *app) record(cmd *cobra.Command, name string, f recordFlags) error {
	if !flowName.MatchString(name) {
		return usage(fmt.Errorf("FLOW is %q: a flow is named by lower-case letters and hyphens", name))
	}
	given, err := inputsOf(f.inputs)
	if err != nil {
		return err
	}
	for input := range given {
		if !inputWord.MatchString(input) {
			return usage(fmt.Errorf("--input %s: an input is named by lower-case letters and underscores", input))
		}
		if recording.IsSecret(input) { // what is given here stands among the processes of the machine
			return usage(fmt.Errorf("--input %s: a secret is no input: type it in the window, where it is not recorded", input))
		}
	}
	kind, acts := userops.KindOfFlow(name)
	if f.rehearse && !acts {
		return usage(fmt.Errorf("%s changes nothing: there is no press to rehearse", name))
	}
	written := false
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
	case err != nil || !written || !acts:
		return err
	case f.rehearse || a.agrees(cmd.Context(), "Rehearse it now through its press, where nothing can leave? [y/N] "):
		return a.rehearse(cmd, kind, inputsFor(kind, given), service.ThroughPress)
	}
	return nil
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
) (written bool, err error) {
	tenant, err := s.Tenant("")
	if err != nil {
		return false, err
	}
	r := service.Record{Place: f.window.place(), Flow: name, Inputs: given, StandIn: a.records, Ready: a.ready("do it in the window; Stop in the panel ends it")}
	done, err := s.Record(ctx, tenant, r, a.tell)
	if err != nil {
		return false, err
	}
	a.live.stop()
	lib, _, err := a.library(done.Options.App)
	if err != nil {
		return false, err
	}
	v, err := a.versionWith(done)
	if err != nil {
		return false, err
	}
	out, err := filesOf(lib, conf, done.Draft, done.Options, v)
	if err != nil {
		return false, err
	}
	out.replace = f.replace
	err = a.keepImported(conf, out, f.to)
	return out.Written && !out.Draft, err
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
