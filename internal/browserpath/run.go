package browserpath

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// RunFlow carries out a flow that changes nothing, on a page of a session of its own, and returns what it has read.
// The error is of ErrConfig where there is no such flow, where it changes something, or where an input is missing.
func (p *Path) RunFlow(ctx context.Context, name string, inputs map[string]string) (flows.Result, error) {
	wrong := func(why, hint string) (flows.Result, error) {
		return flows.Result{}, &userops.Error{Act: "running the flow", Target: name, Tenant: p.opts.Tenant, Kind: userops.ErrConfig, Cause: errors.New(why), Hint: hint}
	}
	ev, closeEvidence, err := p.evidence(userops.NewOperationID(), slices.Collect(maps.Values(inputs))...)
	if err != nil {
		return flows.Result{}, err
	}
	defer closeEvidence()
	if err := p.ready(ctx, ev); err != nil {
		return flows.Result{}, err
	}
	flow, ok := p.opts.Library.Flow(name, p.layout())
	if !ok {
		return wrong("there is no such flow for layout "+p.layout(), "look at the list of flows")
	}
	if flow.Changes || strings.HasPrefix(name, signInFlow) {
		return wrong("it is no flow that only reads", "ask for its action instead, or rehearse it")
	}
	for _, in := range flow.Inputs {
		if _, given := inputs[in]; !given && in != "home" && in != "organisation_id" {
			return wrong(fmt.Sprintf("the input %s is missing", in), "it takes "+strings.Join(flow.Inputs, ", "))
		}
	}
	var res flows.Result
	err = p.reading(ctx, ev, func(page *automation.Page) error {
		if err := p.identify(ctx, page, ev); err != nil {
			return err
		}
		_, res, err = p.runOn(ctx, page, name, inputs, ev, func(r *flows.Run) { r.App = p.opts.Library.App })
		return errors.Join(err, p.nothingStopped(ctx, name, res, ev))
	})
	if err != nil {
		return res, p.explained(ctx, "running the flow "+name, ev, err)
	}
	return res, nil
}

// nothingStopped ends the holding of what a flow run by its name alone would have sent. That something was stopped
// is an error of ErrNotMeant: the flow would have changed something.
func (p *Path) nothingStopped(ctx context.Context, name string, res flows.Result, ev *automation.Evidence) error {
	stopped := res.Exchange.Kept()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeBound)
	defer cancel()
	if err := res.Exchange.Close(ctx, ev); err != nil {
		return err
	}
	if len(stopped) == 0 {
		return nil
	}
	return &userops.Error{Act: "running the flow", Target: name, Tenant: p.opts.Tenant, Kind: userops.ErrNotMeant,
		Cause: fmt.Errorf("it would have changed something, and was kept from it: %s", strings.Join(stopped, "; ")),
		Hint:  "a flow that changes something has a commit, and is performed by an action"}
}
