package browserpath

import (
	"errors"
	"fmt"
	"slices"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// LoadLibrary loads an app's selectors and flows, those of the overlay folder before those that ship, and holds the flows of the
// actions against what this path gives them: an input that nobody gives would be empty. The error names every mistake.
func LoadLibrary(app, overlay string) (*flows.Library, error) {
	lib, err := flows.Load(app, overlay)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, k := range userops.Kinds {
		for _, f := range lib.Named(k.Flow) {
			faults = append(faults, supplied(k, f)...)
		}
	}
	return lib, errors.Join(faults...)
}

// supplied says what of a flow is not as its action needs it.
func supplied(k userops.Kind, f *flows.Flow) []error {
	given := []string{subject, "home", "organisation_id"}
	for _, in := range k.Inputs {
		given = append(given, string(in))
	}
	if k.Creates {
		given = append(given, mailTasks, summary)
	}
	var out []error
	for _, in := range f.Inputs {
		if !slices.Contains(given, in) {
			out = append(out, f.Problem(fmt.Sprintf("%s gives a flow no %s: it has %v", k.Action, in, given), "inputs"))
		}
	}
	switch {
	case !f.Changes:
		out = append(out, f.Problem(fmt.Sprintf("%s changes something, and this flow does not say changes: true", k.Action), "flow"))
	case f.Subject != subject:
		out = append(out, f.Problem("whom an action concerns is its e-mail: subject is "+subject, "subject"))
	}
	return out
}

// The inputs of a flow that are not those of a request.
const (
	subject   = "email"
	mailTasks = "mail_tasks"
	summary   = "summary"
)
