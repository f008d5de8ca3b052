package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// RecordedChange is a change that was recorded.
type RecordedChange struct {
	Layout  string // of the recorded flow
	Request userops.Checked
	By      string // who asks
	Commit  bool   // make it, if its rehearsal passes
}

// RehearsedChange is what became of a RecordedChange.
type RehearsedChange struct {
	Rehearsal userops.Result
	Made      *userops.Result // nil: it was not made
	Sends     string          // the file into which was written what the commit sends; empty: none was
	Unwritten string          // why it was not written, where the flow does not say what its commit sends
}

// Passed says that the rehearsal came through its press.
func (r *RehearsedChange) Passed() bool { return errors.Is(r.Rehearsal.Err, userops.ErrRehearsed) }

// RehearseRecorded rehearses a change through its press, where nothing can leave, by the flow that was recorded for it.
// If that passes and it is asked for, it makes the change: as an operation, as every other. Where the flow does not say
// what its commit sends, that is written into it in the overlay folder once a second press has sent the same: of another
// rehearsal, or of the change. How each has ended is told as an event.Ended, too.
func (s *Service) RehearseRecorded(ctx context.Context, tenant string, c RecordedChange, events event.Sink) (out RehearsedChange, err error) {
	press := func(rq userops.Checked, how Rehearsal) (userops.Result, error) {
		results, err := s.Do(ctx, tenant, []userops.Checked{rq}, Asked{By: c.By, DryRun: how}, events)
		if err != nil {
			return userops.Result{}, err
		}
		return results[0], nil
	}
	if out.Rehearsal, err = press(c.Request, ThroughPress); err != nil || !out.Passed() {
		return out, err
	}
	var learnt *learning
	if learnt, out.Unwritten, err = s.learn(ctx, tenant, c, out.Rehearsal); err != nil || learnt == nil && !c.Commit {
		return out, err
	}
	rq, how := c.Request, ForReal
	if !c.Commit {
		rq, how = learnt.again, ThroughPress
	}
	second, err := press(rq, how)
	if err == nil && c.Commit {
		out.Made = &second
	}
	switch {
	case learnt == nil:
		return out, err
	case err == nil && sentAgain(second):
		out.Sends, err = s.writeFlow(tenant, learnt.name, learnt.text)
		return out, err
	case err == nil:
		out.Unwritten = "the second press did not end as the first: " + second.Reason
	}
	return out, errors.Join(err, s.rereadFiles(tenant))
}

// sentAgain says that the press before which a form was learnt has let that form through.
func sentAgain(r userops.Result) bool {
	return r.Outcome == userops.Done || r.Outcome == userops.Requested || errors.Is(r.Err, userops.ErrRehearsed)
}

// learn has the tenant served by the flow with what its press would have sent in a rehearsal. It is nil where nothing is
// to be learnt, or for a reason cannot be.
func (s *Service) learn(ctx context.Context, tenant string, c RecordedChange, r userops.Result) (out *learning, why string, err error) {
	lib, err := Library(s.config, s.config.Tenants[tenant].App)
	if err != nil {
		return nil, "", err
	}
	guessed := guessedForm(lib, c)
	if guessed == nil && !slices.ContainsFunc(r.WouldSend, func(w userops.WouldSend) bool { return w.Commit && w.Sends != "" }) {
		return nil, "", nil
	}
	people, err := s.everybody(ctx, tenant, nil)
	if err != nil {
		return nil, "the list of people, whose names must not be written, could not be read: " + userops.ReasonOf(err), nil
	}
	form, keeps := formOf(r, append(s.configured(), namesOf(people)...))
	if keeps != nil {
		return nil, keeps.Error(), nil
	}
	if guessed != nil {
		form = guessed
	}
	next, served, err := sending(lib, c, form)
	if err != nil {
		return nil, err.Error(), nil
	}
	lib, problems, err := Tried(s.config, lib.App.Name, map[string]string{served.name: next})
	if err != nil || len(problems) > 0 {
		return nil, strings.Join(problems, "; "), err
	}
	served.text = next
	rq := c.Request.Request()
	kind, _ := userops.KindOf(rq.Action)
	rq.Email = another(people, kind, rq.Email, rq.Role, s.config.Tenants[tenant].Account, lib.App.Roles.Administrator)
	if served.again, err = rq.Check(); err != nil {
		return nil, "", err
	}
	return served, "", s.reread(tenant, lib)
}

// guessedForm is what the recorded flow guesses of what its commit sends, as something recorded: a rehearsal that has passed
// shows that it holds. It is nil where nothing is guessed.
func guessedForm(lib *flows.Library, c RecordedChange) *flows.Sends {
	flow, ok := lib.Flow(flowOf(c.Request.Request().Action), c.Layout)
	if !ok || flow.Sends == nil || flow.Sends.Provenance != selectors.Guessed {
		return nil
	}
	form := *flow.Sends
	form.Provenance = selectors.Recorded
	return &form
}

// sending is the text of the recorded flow with a form of what its commit sends, and where it is written.
func sending(lib *flows.Library, c RecordedChange, form *flows.Sends) (text string, out *learning, err error) {
	name := flowOf(c.Request.Request().Action)
	flow, ok := lib.Flow(name, c.Layout)
	if !ok {
		return "", nil, fmt.Errorf("there is no flow %s for the layout %s", name, c.Layout)
	}
	file, ok := flowFile(lib, c.Layout, flow)
	if !ok {
		return "", nil, fmt.Errorf("its file is for several layouts: give the layout %s a file of its own", c.Layout)
	}
	data, err := flow.Sending(form)
	return string(data), &learning{flow: name, name: file, form: form}, err
}

// rereadFiles has a tenant served by the files as they are.
func (s *Service) rereadFiles(tenant string) error {
	lib, err := Library(s.config, s.config.Tenants[tenant].App)
	if err != nil {
		return err
	}
	return s.reread(tenant, lib)
}
