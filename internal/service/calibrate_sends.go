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
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// learning is what is written down, while it is tried, of what a flow's commit sends.
type learning struct {
	flow   *flows.Flow // as it was before
	file   string      // in the overlay folder
	was    []byte      // that stood there; nil: nothing did
	result userops.Result
	form   *flows.Sends // that is tried; nil: none, since the one that there was is only guessed
}

// learn writes down what the commits have sent when they were rehearsed, where their flows do not say it, or where
// what they say is guessed and does not hold here: by the rule of whom requests name it is rehearsed then. A form is
// kept where a second rehearsal sends what it says, too.
func (k *calibration) learn(ctx context.Context) error {
	v, err := k.load()
	if err != nil {
		return err
	}
	tried := map[string]*learning{}
	for range 2 { // a guess is left out first, and another form is tried then
		lib, err := k.files()
		if err != nil {
			return err
		}
		var again []string
		for _, r := range k.out.Results {
			flow, ok := lib.Flow(flowOf(r.Action), v.Layout)
			if !ok {
				continue
			}
			begun, err := k.tryForm(lib, v, flow, r, tried)
			if err != nil {
				return err
			}
			if begun {
				again = append(again, flow.Name)
			}
		}
		if len(again) == 0 {
			return nil
		}
		if err := k.rehearseAgain(ctx, again, tried); err != nil {
			return errors.Join(err, k.giveUp(tried))
		}
	}
	return nil
}

func flowOf(action userops.Action) string {
	kind, _ := userops.KindOf(action)
	return kind.Flow
}

// tryForm writes another form into a flow's file, or none, if what a rehearsal has sent is a reason for it.
func (k *calibration) tryForm(
	lib *flows.Library, v *selectors.Version, flow *flows.Flow, r userops.Result, tried map[string]*learning,
) (begun bool, err error) {
	form, why := k.formOf(r)
	guessed := flow.Sends != nil && flow.Sends.Provenance == selectors.Guessed
	at := tried[flow.Name]
	switch {
	case form != nil:
	case why != nil:
		k.Asks(fmt.Sprintf("what the commit of %s sends is not written down: %v", flow.Name, why))
		return false, nil
	case at != nil || !guessed || errors.Is(r.Err, userops.ErrRehearsed) || !errors.Is(r.Err, userops.ErrNotMeant) || !sentChange(r):
		return false, nil
	default:
		k.Asks(fmt.Sprintf("the commit of %s sends something else than was guessed (%s %s): it is rehearsed by the rule of whom requests name", flow.Name, flow.Sends.Method, flow.Sends.Path))
	}
	file, ok := k.flowFile(lib, v, flow)
	if !ok {
		k.Asks(fmt.Sprintf("what the commit of %s sends is not written down: its file is for several layouts", flow.Name))
		return false, nil
	}
	at = &learning{flow: flow, file: file, result: r, form: form}
	if at.was, err = os.ReadFile(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return false, storage("reading a flow", k.tenant, err)
	}
	tried[flow.Name] = at
	text, err := flow.Sending(form)
	if err != nil {
		return false, storage("writing what a commit sends", k.tenant, err)
	}
	problems, err := Tried(k.service.config, v.App, map[string]string{path.Join("flows", v.App, filepath.Base(at.file)): string(text)})
	if err != nil || len(problems) > 0 {
		delete(tried, flow.Name)
		k.Asks(fmt.Sprintf("what the commit of %s sends is not written down: %s", flow.Name, strings.Join(problems, "; ")))
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(at.file), 0o750); err != nil {
		return false, storage("writing a flow", k.tenant, err)
	}
	return true, replace(at.file, text)
}

// formOf is the form that a rehearsal proposes for what was sent as the commit, without anybody's name. Neither:
// there is nothing to propose.
func (k *calibration) formOf(r userops.Result) (form *flows.Sends, why error) {
	if !errors.Is(r.Err, userops.ErrRehearsed) {
		return nil, nil
	}
	names := append(k.service.configured(), namesOf(k.people)...)
	for _, w := range r.WouldSend {
		if w.Commit && w.Sends != "" {
			return flows.LearnSends(w.Sends, func(text string) bool { return doctor.Telling(text, names) != "" })
		}
	}
	return nil, nil
}

// sentChange says that the press of a rehearsal would have sent something that may change something.
func sentChange(r userops.Result) bool {
	return slices.ContainsFunc(r.WouldSend, func(w userops.WouldSend) bool { return w.Changes && !w.Early })
}

// flowFile is the file of the overlay folder that a flow of a layout is written to.
func (k *calibration) flowFile(lib *flows.Library, v *selectors.Version, flow *flows.Flow) (string, bool) {
	for _, other := range lib.Area(selectors.Console) {
		if len(flow.Layouts) == 0 && other.Layout != v.Layout {
			return "", false
		}
	}
	name, _ := flow.File()
	return filepath.Join(k.service.config.Overlay, "flows", v.App, path.Base(filepath.ToSlash(name))), len(flow.Layouts) < 2
}

// rehearseAgain rehearses some flows once more, by what was written into them. What fails is put back.
func (k *calibration) rehearseAgain(ctx context.Context, again []string, tried map[string]*learning) error {
	if err := k.wrote(); err != nil {
		return err
	}
	some := *k.out.Report
	some.Flows = slices.DeleteFunc(slices.Clone(some.Flows), func(f doctor.Flow) bool { return !slices.Contains(again, f.Name) })
	results, err := k.service.rehearse(ctx, k.tenant, &some, k.people, k.events)
	if err != nil {
		return err
	}
	for _, r := range results {
		at := tried[flowOf(r.Action)]
		i := slices.IndexFunc(k.out.Results, func(o userops.Result) bool { return o.Action == r.Action })
		passes := errors.Is(r.Err, userops.ErrRehearsed)
		switch {
		case passes && at.form != nil:
			k.out.Sends = append(k.out.Sends, at.flow.Name)
		case !passes:
			if err := k.restore(at); err != nil {
				return err
			}
			if at.form != nil {
				k.Asks(fmt.Sprintf("what the commit of %s sends is not written down: it was another thing the second time: %s", at.flow.Name, r.Reason))
			}
			r = at.result // by the files as they are
		}
		k.out.Results[i] = r
	}
	return k.wrote()
}

// restore puts a flow's file back as it was.
func (k *calibration) restore(at *learning) error {
	if at.was != nil {
		return replace(at.file, at.was)
	}
	if err := os.Remove(at.file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return storage("putting a flow back", k.tenant, err)
	}
	return nil
}

// giveUp puts back what was not tried to its end.
func (k *calibration) giveUp(tried map[string]*learning) error {
	var errs []error
	for name, at := range tried {
		if !slices.Contains(k.out.Sends, name) {
			errs = append(errs, k.restore(at))
		}
	}
	return errors.Join(errs...)
}
