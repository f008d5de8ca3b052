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

// RunFlow carries out a flow that changes nothing, on a page of a session of its own, and returns what it has read. The error is of ErrConfig
// where there is no such flow, where it changes something, or where an input is missing.
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
		_, res, err = p.runOn(ctx, page, name, inputs, ev, func(*flows.Run) {})
		return err
	})
	if err != nil {
		return res, p.explained(ctx, "running the flow "+name, ev, err)
	}
	return res, nil
}
