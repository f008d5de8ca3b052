package service

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// lacking has the person record what the layout has no flow for: what reads first, since nobody is known before.
func (k *calibration) lacking(ctx context.Context) (again bool, err error) {
	v, err := k.load()
	if err != nil {
		return false, err
	}
	lib, err := k.files()
	if err != nil {
		return false, err
	}
	needed := []string{listFlow, rolesFlow}
	if !lib.App.Single {
		needed = append([]string{identifyFlow}, needed...)
	}
	needed = append(needed, detailsFlow, pendingFlow)
	for _, kind := range userops.Kinds {
		needed = append(needed, kind.Flow)
	}
	for _, name := range needed {
		if _, there := lib.Flow(name, v.Layout); there || len(k.Walk.Only) > 0 && !slices.Contains(k.Walk.Only, name) {
			continue
		}
		f, why := doctor.Flow{Name: name}, "there is none"
		if name == detailsFlow || name == pendingFlow {
			if f.On, why, err = k.ownPage(ctx, lib, name); err != nil {
				return false, err
			}
			if f.On == "" { // the list says it all, or it cannot be shown on anybody
				continue
			}
		}
		if kind, changes := userops.KindOfFlow(name); changes {
			if f.On, err = k.someone(ctx, lib, kind); err != nil {
				return false, err
			}
			if f.On == "" { // the next may be about somebody else
				k.Asks(fmt.Sprintf("the flow %s is not asked for: the list shows nobody whom it could be about", name))
				continue
			}
		}
		if again, err = k.flow(ctx, f, why); again || err != nil {
			return again, err
		}
	}
	return false, nil
}

// read reads the list unless it was read before. known is false where no flow reads it.
func (k *calibration) read(ctx context.Context, lib *flows.Library) (known bool, err error) {
	if _, there := lib.Flow(listFlow, k.layout()); !there {
		return false, nil
	}
	if k.people == nil {
		_, err = k.service.Users(ctx, k.tenant, nil, func(u userops.User) error { k.people = append(k.people, u); return nil }, k.events)
	}
	return err == nil, err
}

// ownPage chooses the person on the list with which to record a flow that reads a person's own page, and says why it is needed: details where
// the list shows nobody's role or names, and pending where a change of somebody awaits approval. email is empty where it is
// not needed.
func (k *calibration) ownPage(ctx context.Context, lib *flows.Library, flow string) (email, why string, err error) {
	if known, err := k.read(ctx, lib); !known || err != nil {
		return "", "", err
	}
	if flow == pendingFlow {
		waits := slices.IndexFunc(k.people, func(u userops.User) bool { return u.Status == userops.Pending && u.Email != "" })
		if waits < 0 {
			return "", "", nil
		}
		return k.people[waits].Email, "this user awaits a second person's approval", nil
	}
	var lacks []string
	if !slices.ContainsFunc(k.people, func(u userops.User) bool { return u.Role != "" }) {
		lacks = append(lacks, "role")
	}
	if !slices.ContainsFunc(k.people, func(u userops.User) bool { return u.FirstName+u.LastName != "" }) {
		lacks = append(lacks, "names")
	}
	if len(lacks) == 0 {
		return "", "", nil
	}
	kind, _ := userops.KindOf(userops.Deactivate)
	email, err = k.someone(ctx, lib, kind)
	return email, "the list does not show a person's " + strings.Join(lacks, " or "), err
}

// someone is whom a change could be about; empty where the list shows nobody, or no flow reads it.
func (k *calibration) someone(ctx context.Context, lib *flows.Library, kind userops.Kind) (email string, err error) {
	account := k.service.config.Tenants[k.tenant].Account
	if known, err := k.read(ctx, lib); !known || err != nil {
		return "", err
	}
	if kind.Creates {
		_, host, _ := strings.Cut(account, "@")
		return "billagent-doctor@" + host, nil
	}
	status := userops.Active
	if kind.Action == userops.Reactivate {
		status = userops.Inactive
	}
	for _, u := range k.people {
		fits := u.Status == status && u.Role != lib.App.Roles.Administrator && userops.FoldEmail(u.Email) != userops.FoldEmail(account)
		if fits && (email == "" || userops.FoldEmail(u.Email) == userops.FoldEmail(k.Walk.Sample)) {
			email = u.Email
		}
	}
	return email, nil
}

// layout is that of the version that is looked by.
func (k *calibration) layout() string {
	if k.out.After != nil {
		return k.out.After.Layout
	}
	return k.out.Before.Layout
}

// flow has the person record a flow.
func (k *calibration) flow(ctx context.Context, f doctor.Flow, why string) (again bool, err error) {
	what := "flow " + f.Name
	if !k.asks(what) {
		return false, nil
	}
	inputs, err := k.asked(ctx, f)
	if err != nil {
		return false, err
	}
	k.Asks(fmt.Sprintf("record the flow %s (%s): %s", f.Name, why, spoken(inputs, k.Where)))
	place := doctor.Place{Version: k.version, Sample: k.Walk.Sample, Step: k.Walk.Step}
	r, err := k.service.Record(ctx, k.tenant, Record{Place: place, Flow: f.Name, Inputs: inputs, StandIn: k.standIn(what)}, k.events)
	if err != nil {
		return false, err
	}
	if r.Draft.Empty() {
		k.skip(what)
		return false, nil
	}
	for name := range inputs {
		if !slices.Contains(r.Draft.Flow.Inputs, name) { // it would be the same value for whoever is meant later
			k.Asks(fmt.Sprintf("what was recorded for %s is not kept: %s was not given as it was asked for (what stands there already is to be chosen or typed all the same)", f.Name, name))
			return true, nil
		}
	}
	if err := k.begun(r); err != nil {
		return false, err
	}
	if err := k.Keep(r); err != nil {
		k.Asks(err.Error())
		return true, nil // it is asked for again
	}
	if !slices.Contains(k.out.Recorded, f.Name) {
		k.out.Recorded = append(k.out.Recorded, f.Name)
	}
	return true, k.wrote()
}

// begun has today's version be there, which the new targets of a flow are to stand in.
func (k *calibration) begun(r *Recorded) error {
	if k.out.After != nil {
		return nil
	}
	v, err := k.load()
	if err == nil {
		err = k.revise(v, selectors.Change{})
	}
	r.Options.Version = k.out.After
	return err
}

// asked are the values with which the person is to do what a flow does.
func (k *calibration) asked(ctx context.Context, f doctor.Flow) (map[string]string, error) {
	inputs := map[string]string{}
	kind, changes := userops.KindOfFlow(f.Name)
	if f.On != "" {
		inputs["email"] = f.On
	}
	if !changes || f.On == "" {
		return inputs, nil
	}
	lib, err := k.files()
	if err != nil {
		return nil, err
	}
	var roles []string
	if kind.Takes(userops.InputRole) {
		if roles, err = k.service.rolesOr(ctx, k.tenant, lib, k.layout(), k.people); err != nil {
			roles = nil // which one is chosen is then for the person
		}
	}
	rq := rehearsable(kind, f.On, withEmail(k.people, f.On), roles, lib.App.Roles.Administrator)
	for in, value := range rq.Values() {
		if kind.Takes(in) && value != "" {
			inputs[string(in)] = value
		}
	}
	return inputs, nil
}

// spokenInputs are those that a person is told.
var spokenInputs = []string{"email", "first_name", "last_name", "role", "time_zone"}

// spoken says inputs in words.
func spoken(inputs map[string]string, where string) string {
	var all []string
	for _, name := range spokenInputs {
		if v := inputs[name]; v != "" {
			all = append(all, name+" "+v)
		}
	}
	if len(all) == 0 {
		return "do it in " + where
	}
	return "do it in " + where + " with " + strings.Join(all, ", ")
}

func (k *calibration) standIn(what string) func(context.Context, *automation.StandIn) error {
	if k.StandIn == nil {
		return nil
	}
	return k.StandIn(what)
}

// stepsAreOthers is why a flow is recorded of which the person says so.
const stepsAreOthers = "its steps are others"

// flowNamed is a flow of the report.
func (k *calibration) flowNamed(name string) doctor.Flow {
	for _, f := range k.out.Report.Flows {
		if f.Name == name {
			return f
		}
	}
	return doctor.Flow{Name: name}
}
