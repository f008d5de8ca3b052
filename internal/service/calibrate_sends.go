package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// learning is a flow with another form of what its commit sends, while that is tried.
type learning struct {
	flow   string
	name   string // of the file in the overlay folder
	text   string
	result userops.Result  // by the flow as it stands in the files
	form   *flows.Sends    // that is tried; nil: none, since the one that there was is only guessed
	again  userops.Checked // with which it is rehearsed a second time
}

// learn writes down what the commits have sent when they were rehearsed, where their flows do not say it, or where
// what they say is guessed and does not hold here: by the rule of whom requests name it is rehearsed then. Only what a
// second rehearsal sends, too, is written: until then no other process is served by it.
func (k *calibration) learn(ctx context.Context) error {
	v, err := k.load()
	if err != nil {
		return err
	}
	lib, err := k.files()
	if err != nil {
		return err
	}
	tried := map[string]*learning{}
	for range 2 { // a guess is left out first, and another form is tried then
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
			k.held(lib, v)
			return nil
		}
		if lib, err = k.rehearseAgain(ctx, again, tried); err != nil {
			return err
		}
	}
	k.held(lib, v)
	return nil
}

// held notes of which flows the guess of what their commits send has held.
func (k *calibration) held(lib *flows.Library, v *selectors.Version) {
	for _, r := range k.out.Results {
		flow, ok := lib.Flow(flowOf(r.Action), v.Layout)
		if ok && errors.Is(r.Err, userops.ErrRehearsed) && flow.Sends != nil && flow.Sends.Provenance == selectors.Guessed {
			k.out.Confirmed = append(k.out.Confirmed, flow.Name)
		}
	}
}

func flowOf(action userops.Action) string {
	kind, _ := userops.KindOf(action)
	return kind.Flow
}

// tryForm puts another form into a flow, or none, if what a rehearsal has sent is a reason for it.
func (k *calibration) tryForm(
	lib *flows.Library, v *selectors.Version, flow *flows.Flow, r userops.Result, tried map[string]*learning,
) (begun bool, err error) {
	if at := tried[flow.Name]; at != nil && at.form != nil {
		return false, nil
	}
	form, why := formOf(r, append(k.service.configured(), namesOf(k.people)...))
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
	name, ok := flowFile(lib, v.Layout, flow)
	if !ok {
		k.Asks(fmt.Sprintf("what the commit of %s sends is not written down: its file is for several layouts", flow.Name))
		return false, nil
	}
	text, err := flow.Sending(form)
	if err != nil {
		return false, storage("writing what a commit sends", k.tenant, err)
	}
	next := &learning{flow: flow.Name, name: name, text: string(text), result: r, form: form}
	if at != nil {
		next.result = at.result
	}
	_, problems, err := k.served(next)
	if err != nil || len(problems) > 0 {
		k.Asks(fmt.Sprintf("what the commit of %s sends is not written down: %s", flow.Name, strings.Join(problems, "; ")))
		return false, err
	}
	tried[flow.Name] = next
	return true, nil
}

// served is the library with what is tried, or what would be wrong with it.
func (k *calibration) served(all ...*learning) (*flows.Library, []string, error) {
	files := map[string]string{}
	for _, l := range all {
		files[l.name] = l.text
	}
	return Tried(k.service.config, k.out.Report.App, files)
}

// sentChange says that the press of a rehearsal would have sent something that may change something.
func sentChange(r userops.Result) bool {
	return slices.ContainsFunc(r.WouldSend, func(w userops.WouldSend) bool { return w.Changes && !w.Early })
}

// rehearseAgain rehearses some flows once more, by what is tried, and writes down what passes. It returns the files
// with what is tried.
func (k *calibration) rehearseAgain(ctx context.Context, again []string, tried map[string]*learning) (*flows.Library, error) {
	var all []*learning
	for _, name := range again {
		all = append(all, tried[name])
	}
	lib, problems, err := k.served(all...)
	if err != nil || len(problems) > 0 {
		return nil, errors.Join(err, errors.New(strings.Join(problems, "; ")))
	}
	if err := k.service.reread(k.tenant, lib); err != nil {
		return nil, err
	}
	some := *k.out.Report
	some.Flows = slices.DeleteFunc(slices.Clone(some.Flows), func(f doctor.Flow) bool { return !slices.Contains(again, f.Name) })
	for i, f := range some.Flows {
		if kind, _ := userops.KindOfFlow(f.Name); tried[f.Name].form != nil {
			some.Flows[i].On = another(k.people, kind, f.On, "", k.service.config.Tenants[k.tenant].Account, lib.App.Roles.Administrator)
		}
	}
	results, err := k.service.rehearse(ctx, k.tenant, &some, k.people, k.events)
	if err != nil {
		return nil, errors.Join(err, k.wrote())
	}
	for _, r := range results {
		at := tried[flowOf(r.Action)]
		i := slices.IndexFunc(k.out.Results, func(o userops.Result) bool { return o.Action == r.Action })
		if !errors.Is(r.Err, userops.ErrRehearsed) {
			if at.form != nil {
				k.Asks(fmt.Sprintf("what the commit of %s sends is not written down: it was another thing the second time: %s", at.flow, r.Reason))
			} else {
				k.out.Results[i] = at.result // by the files as they are
			}
			continue
		}
		if err := k.keepForm(at); err != nil {
			return nil, errors.Join(err, k.wrote())
		}
		if at.form == nil { // else it was about another person
			k.out.Results[i] = r
		}
	}
	return lib, k.wrote()
}

// another is whom a change could be about, too, of another role if there is one: what a press sends of one person must not
// be taken for what it sends of everybody. It is nobody who has the role that is asked for, and the same person where the
// list shows no other.
func another(users []userops.User, kind userops.Kind, email, role, account, administrator string) string {
	first := withEmail(users, email)
	out := email
	for _, u := range users {
		fits := !kind.Creates && u.Status == first.Status && u.Role != administrator && u.Role != role &&
			userops.FoldEmail(u.Email) != userops.FoldEmail(email) && userops.FoldEmail(u.Email) != userops.FoldEmail(account)
		if fits && (out == email || withEmail(users, out).Role == first.Role) {
			out = u.Email
		}
	}
	return out
}

// keepForm writes a flow with what is tried into the overlay folder.
func (k *calibration) keepForm(at *learning) error {
	file, err := k.service.writeFlow(k.tenant, at.name, at.text)
	if err != nil {
		return err
	}
	if at.form == nil {
		k.Asks(fmt.Sprintf("what was guessed of what the commit of %s sends is left out in %s", at.flow, file))
	} else {
		k.out.Sends = append(k.out.Sends, at.flow)
	}
	return nil
}
