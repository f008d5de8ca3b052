package browserpath

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// LoadLibrary loads an app's selectors and flows, those of the overlay folder before those that ship, and holds the
// flows of the actions against what this path gives them: an input that nobody gives would be empty. The error
// names every mistake.
func LoadLibrary(app, overlay string) (*flows.Library, error) {
	lib, err := flows.Load(app, overlay)
	if err != nil {
		return nil, err
	}
	faults := strays(overlay)
	for _, f := range lib.All() {
		faults = append(faults, performed(lib, f)...)
	}
	faults = append(faults, lost(lib, app, overlay)...)
	for _, k := range userops.Kinds {
		for _, f := range lib.Named(k.Flow) {
			faults = append(faults, supplied(k, f)...)
		}
	}
	return lib, errors.Join(faults...)
}

// strays are files of an overlay folder that are not read, which somebody may believe to be.
func strays(overlay string) []error {
	if overlay == "" {
		return nil
	}
	var out []error
	err := fs.WalkDir(os.DirFS(overlay), ".", func(name string, d fs.DirEntry, err error) error {
		base := path.Base(name)
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(base, "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() || strings.HasPrefix(base, "README") || strings.HasSuffix(base, ".yaml"+flows.Halted) || overlayFile.MatchString(name):
		default:
			out = append(out, fmt.Errorf("%s is not read: flows lie in flows/APP/NAME.yaml, selectors in selectors/APP/NAME.yaml", filepath.Join(overlay, name)))
		}
		return nil
	})
	if err != nil {
		out = append(out, fmt.Errorf("reading the overlay folder: %w", err))
	}
	return out
}

// overlayFile is what an overlay folder has: versions, flows, and the schemas that those name for editors.
var overlayFile = regexp.MustCompile(`^(flows|selectors)/([^/]+/[^/]+\.yaml|(app-)?schema\.json)$`)

// Performs says that flows of a name are performed by an action, or by what comes before one.
func Performs(name string) bool {
	return slices.Contains(performedFlows(), name) || strings.HasPrefix(name, signInFlow)
}

func performedFlows() []string {
	names := []string{identifyFlow, listFlow, rolesFlow, pendingFlow, detailsFlow}
	for _, k := range userops.Kinds {
		names = append(names, k.Flow)
	}
	return names
}

// performed says what of a flow nobody would ever run: its name, or a layout.
func performed(lib *flows.Library, f *flows.Flow) []error {
	var out []error
	known := Performs(f.Name)
	switch {
	case known && f.Standalone:
		out = append(out, f.Problem("a flow of this name is performed by more than its name: it is not standalone", "standalone"))
	case !known && !f.Standalone:
		why := fmt.Sprintf("nothing performs a flow of this name: there are sign-in and %s", strings.Join(performedFlows(), ", "))
		if !f.Changes {
			why += "; one that is run by its name alone says standalone: true"
		}
		out = append(out, f.Problem(why, "flow"))
	}
	for i, layout := range f.Layouts {
		if !slices.ContainsFunc(lib.Versions, func(v *selectors.Version) bool { return v.Layout == layout }) {
			out = append(out, f.Problem(fmt.Sprintf("no selector version has the layout %s", layout), "layouts", i))
		}
	}
	return out
}

// lost are flows that ship with the program and that an overlay has put nothing in the place of.
func lost(lib *flows.Library, app, overlay string) []error {
	shipped, err := flows.Load(app, "")
	if overlay == "" || err != nil { // another app altogether
		return nil
	}
	var out []error
	for _, f := range shipped.All() {
		for _, v := range lib.Versions {
			if _, was := shipped.Flow(f.Name, v.Layout); !was {
				continue
			}
			if _, is := lib.Flow(f.Name, v.Layout); !is {
				fault := fmt.Errorf("the flow %s for layout %s, which ships with the program, has no other in its place: a file of %s replaces it that is another flow, or for another layout", f.Name, v.Layout, overlay)
				if !slices.ContainsFunc(out, func(e error) bool { return e.Error() == fault.Error() }) {
					out = append(out, fault)
				}
			}
		}
	}
	return out
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
	for _, in := range k.Inputs {
		if in != userops.InputTimeZone && !slices.Contains(f.Inputs, string(in)) {
			out = append(out, f.Problem(fmt.Sprintf("%s is asked for with a %s, and this flow does the same whatever that is: put ${%s} where it is typed or chosen", k.Action, in, in), "inputs"))
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

// The flows that change nothing, beside sign-in.
const (
	identifyFlow = "identify"
	listFlow     = "list-users"
	rolesFlow    = "list-roles"
	pendingFlow  = "pending"
)

// signInFlow is what the names of flows begin with that sign in.
const signInFlow = "sign-in"

// The inputs of a flow that are not those of a request.
const (
	subject   = "email"
	mailTasks = "mail_tasks"
	summary   = "summary"
)
