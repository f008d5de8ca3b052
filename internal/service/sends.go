package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// What the commit of a flow sends, learnt from what a rehearsal would have sent.

// formOf is the form that a rehearsal proposes for what was sent as the commit, without any of the names. Neither:
// there is nothing to propose.
func formOf(r userops.Result, names []string) (form *flows.Sends, why error) {
	if !errors.Is(r.Err, userops.ErrRehearsed) {
		return nil, nil
	}
	for _, w := range r.WouldSend {
		if w.Commit && w.Sends != "" {
			return flows.LearnSends(w.Sends, func(text string) bool { return doctor.Telling(text, names) != "" })
		}
	}
	return nil, nil
}

// flowFile is the name in the overlay folder of the file that a flow of a layout is written to. It is false where the
// file is for several layouts.
func flowFile(lib *flows.Library, layout string, flow *flows.Flow) (string, bool) {
	for _, v := range lib.Area(selectors.Console) {
		if len(flow.Layouts) == 0 && v.Layout != layout {
			return "", false
		}
	}
	name, _ := flow.File()
	return path.Join("flows", lib.App.Name, path.Base(filepath.ToSlash(name))), len(flow.Layouts) < 2
}

// writeFlow writes a flow into the overlay folder, and returns its file.
func (s *Service) writeFlow(tenant, name, text string) (string, error) {
	file := filepath.Join(s.config.Overlay, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return "", storage("writing a flow", tenant, err)
	}
	return file, replace(file, []byte(text))
}

// Trial is how a recorded flow is tried.
type Trial struct {
	Layout  string
	Request userops.Checked
	By      string // who asks
	Commit  bool   // make the change, too, if its rehearsal passes
}

// Trying is what came of a trial.
type Trying struct {
	Results []userops.Result // of each time, in turn
	Sends   string           // the file that says from now on what the commit sends; empty: it is as it was
	Why     string           // why it is as it was, though it says nothing of that
}

// Try rehearses the action of a recorded flow through its press, where nothing can leave, and if that passes and it is
// asked for makes the change: as an operation, as every other. What the press would have sent is written into the flow
// in the overlay folder, where that says nothing of it and a second press has sent the same. How each time has ended is
// told as an event.Ended, too.
func (s *Service) Try(ctx context.Context, tenant string, trial Trial, events event.Sink) (out Trying, err error) {
	again, err := s.rehearseFirst(ctx, tenant, trial, &out, events)
	if err != nil || !errors.Is(out.Results[0].Err, userops.ErrRehearsed) || again == nil && !trial.Commit {
		return out, err
	}
	asked := Asked{By: trial.By, DryRun: ThroughPress}
	if trial.Commit {
		asked.DryRun = ForReal
	}
	second, err := s.Do(ctx, tenant, []userops.Checked{trial.Request}, asked, events)
	out.Results = append(out.Results, second...)
	if err != nil || again == nil {
		return out, err
	}
	if r := second[0]; r.Outcome != userops.Done && !errors.Is(r.Err, userops.ErrRehearsed) {
		out.Why = "no second press has sent it: " + r.Reason
		return out, nil
	}
	out.Sends, err = s.writeFlow(tenant, again.name, again.text)
	return out, err
}

// rehearseFirst rehearses, and has the tenant served by the flow with what it would have sent. Nil: there is nothing to
// learn.
func (s *Service) rehearseFirst(ctx context.Context, tenant string, trial Trial, out *Trying, events event.Sink) (*learning, error) {
	var err error
	out.Results, err = s.Do(ctx, tenant, []userops.Checked{trial.Request}, Asked{By: trial.By, DryRun: ThroughPress}, events)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(out.Results[0].WouldSend, func(w userops.WouldSend) bool { return w.Commit && w.Sends != "" }) {
		return nil, nil
	}
	people, err := s.peopleOf(ctx, tenant, nil)
	if err != nil {
		return nil, err
	}
	form, why := formOf(out.Results[0], append(s.configured(), people...))
	if why != nil {
		out.Why = why.Error()
	}
	if form == nil {
		return nil, nil
	}
	lib, err := Library(s.config, s.config.Tenants[tenant].App)
	if err != nil {
		return nil, err
	}
	return s.serveWith(tenant, lib, trial, form, out)
}

// serveWith has the tenant served by a flow that says what its commit sends, if it can be written so.
func (s *Service) serveWith(tenant string, lib *flows.Library, trial Trial, form *flows.Sends, out *Trying) (*learning, error) {
	name := flowOf(trial.Request.Request().Action)
	flow, ok := lib.Flow(name, trial.Layout)
	if !ok {
		return nil, fmt.Errorf("there is no flow %s for the layout %s", name, trial.Layout)
	}
	file, ok := flowFile(lib, trial.Layout, flow)
	if !ok {
		out.Why = "its file is for several layouts"
		return nil, nil
	}
	text, err := flow.Sending(form)
	if err != nil {
		return nil, storage("writing what a commit sends", tenant, err)
	}
	next, problems, err := Tried(s.config, lib.App.Name, map[string]string{file: string(text)})
	if err != nil || len(problems) > 0 {
		out.Why = strings.Join(problems, "; ")
		return nil, err
	}
	return &learning{flow: name, name: file, text: string(text), form: form}, s.reread(tenant, next)
}
