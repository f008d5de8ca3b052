package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// Calibrate is how a person corrects, on a tenant's console, what its selectors and flows guess.
type Calibrate struct {
	Walk     doctor.Walk
	Options  doctor.Options
	Clear    bool // apply each proposal that is clear without asking; what a sign-in lacks is always asked for
	Rehearse bool // rehearse every change through its press at the end
	// StandIn acts in the person's place where a target or, with its name before it, a flow is asked for: for
	// tests. Nil: there is a person.
	StandIn func(what string) func(ctx context.Context, s *automation.StandIn) error
	Where   string // the person sees the pages: "the window"
	// Asks is told what the person is to do in the window.
	Asks func(what string)
	// Keep writes a flow that was recorded into the overlay folder. The error says why it could not be.
	Keep func(r *Recorded) error
}

// Calibrated is what became of it.
type Calibrated struct {
	Before    *selectors.Version
	After     *selectors.Version // nil: nothing was written
	File      string             // of After, in the overlay folder
	Shown     []string           // targets that the person has shown, or that were clear
	Recorded  []string           // flows that were recorded
	Stretches []string           // flows of which a stretch was recorded
	Skipped   []string           // targets and flows that the person went on without
	Left      bool               // the person has left: what was done so far is kept
	Report    *doctor.Report     // of the last walk
	Listing   *userops.Listing   // of the list as it was read at the end; nil: it was not
	Results   []userops.Result   // of the rehearsals
	Sends     []string           // flows of which it was written down what their commits send
	Confirmed []string           // flows that guess what their commits send, and whose rehearsals have sent just that
	Pinned    string             // the version that the tenant's configuration names; empty: none
	SignIn    string             // the file of the version of the sign-in, where something of that was shown; empty: nothing was
}

// calibration is one under way.
type calibration struct {
	Calibrate
	service *Service
	tenant  string
	events  event.Sink
	out     *Calibrated
	version string         // that is looked by; empty: it is recognised
	lib     *flows.Library // nil: it is to be read
	only    []string       // the flows that are looked at next; nil: those that were asked for
	marked  bool           // a mark was shown since the last walk
	tried   map[string]int
	// unmarked are the marks as they were before the person has shown others, by the index of their fingerprint.
	unmarked map[int][]selectors.Candidate
	before   map[string]*selectors.Spec // targets as they were before they were shown
	refuted  map[string]string          // targets that were shown and taken back, to why
	// signInShown is how many targets of the sign-in were shown since the files were read.
	signInShown int
	inWalk      walkPage
	// nameless are what was shown before anybody's name was known, so that less was kept of it than could be.
	nameless map[string]automation.Picked
	people   []userops.User // as they were read at the end; nil: they were not
	unfit    string         // why the mark that was shown last was not kept
}

// Flows that read: listFlow everybody, since whoever is not known cannot be left out of what is written.
const (
	identifyFlow = "identify"
	listFlow     = "list-users"
	rolesFlow    = "list-roles"
	pendingFlow  = "pending"
	detailsFlow  = "details"
)

// Of one calibration: how often is looked, and how often one thing is asked for before it is gone on without.
const (
	calibrateRounds = 60
	mostAsked       = 3
)

// Calibrate walks through a tenant's console as Examine does and has a person show each target that is not found,
// choose the header or part of each column, or record a flow that goes otherwise. What they show is written to a
// version of today in the overlay folder, and the walk goes on by it. At the end the list is read to its proved end
// and every change is rehearsed. Nothing of the console is changed, and it can be left at any time: what was
// written is where the next one begins.
func (s *Service) Calibrate(ctx context.Context, name string, c Calibrate, events event.Sink) (*Calibrated, error) {
	if s.config.Overlay == "" {
		return nil, storage("calibrating", name, errNoOverlay)
	}
	k := &calibration{Calibrate: c, service: s, tenant: name, events: events, tried: map[string]int{}, unmarked: map[int][]selectors.Candidate{}, before: map[string]*selectors.Spec{}, refuted: map[string]string{}, nameless: map[string]automation.Picked{},
		out: &Calibrated{Pinned: s.config.Tenants[name].SelectorVersion}}
	k.Walk.Mend = k.mend
	if !k.Clear { // what is clear is applied after a walk
		k.Walk.Ask = k.ask
	}
	if err := k.begin(); err != nil {
		return nil, err
	}
	err := k.run(ctx)
	return k.out, errors.Join(err, k.tidy()) // what was written so far is kept, also where it fails
}

// tidy removes a version of today that has come to nothing: what was shown was taken back, or a flow was not kept.
func (k *calibration) tidy() error {
	before := k.out.Before
	if k.out.After == nil || k.out.After.ID == before.ID {
		return nil
	}
	k.lib = nil // a flow that was recorded has added its targets to the file
	after, err := k.load()
	if err != nil || !reflect.DeepEqual(before.Targets, after.Targets) || !reflect.DeepEqual(before.Fingerprints, after.Fingerprints) {
		return err
	}
	if err := os.Remove(k.out.File); err != nil {
		return storage("removing a version that says nothing new", k.tenant, err)
	}
	k.version, k.out.After, k.out.File = before.ID, nil, ""
	return k.wrote()
}

// begin takes up what was left, today or before: the newest version of the layout in the overlay that is newer than the
// one that is named.
func (k *calibration) begin() error {
	k.version = k.Walk.Version
	if k.version == "" {
		return nil
	}
	named, err := k.load()
	if err != nil {
		return err
	}
	lib, err := k.files()
	if err != nil {
		return err
	}
	left := named
	for _, v := range lib.Area(selectors.Console) {
		if _, err := os.Stat(k.service.versionFile(v.App, v.ID)); err == nil && v.Layout == named.Layout && v.Date > left.Date {
			left = v
		}
	}
	if left != named {
		k.Asks(fmt.Sprintf("it goes on by %s, not by %s: to begin anew, take %s away", left.ID, named.ID, k.service.versionFile(left.App, left.ID)))
		k.version = left.ID
	}
	return nil
}

// load is the version that is looked by, as its file is now.
func (k *calibration) load() (*selectors.Version, error) {
	lib, err := k.files()
	if err != nil {
		return nil, err
	}
	var known []string
	for _, v := range lib.Area(selectors.Console) {
		if v.ID == k.version {
			return v, nil
		}
		known = append(known, v.ID)
	}
	return nil, k.failed(fmt.Errorf("there is no version %q", k.version), "versions are "+strings.Join(known, ", "))
}

// files are the app's, as they are now. Reading them takes long enough to be done only once something was written.
func (k *calibration) files() (*flows.Library, error) {
	if k.lib != nil {
		return k.lib, nil
	}
	app := k.service.config.Tenants[k.tenant].App
	if app == "" {
		app = App(k.service.config)
	}
	lib, err := Library(k.service.config, app)
	if err != nil {
		return nil, err
	}
	k.lib = lib
	return lib, nil
}

// wrote has the files read anew that something was written to.
func (k *calibration) wrote() error {
	k.lib = nil
	lib, err := k.files()
	if err != nil {
		return err
	}
	return k.service.reread(k.tenant, lib)
}

func (k *calibration) failed(cause error, hint string) error {
	return &userops.Error{Act: "calibrating", Tenant: k.tenant, Kind: userops.ErrConfig, Cause: cause, Hint: hint}
}

func (k *calibration) run(ctx context.Context) error {
	for range calibrateRounds {
		x, err := k.look(ctx)
		if err != nil || k.out.Left {
			return err
		}
		again, err := k.correct(ctx, x)
		switch {
		case err != nil:
			return err
		case k.out.Left:
			return nil
		case again:
			k.only = k.next()
		case k.only != nil, k.inWalk.shown: // what was corrected holds: the whole is looked at once more
			k.only = nil
		default:
			if again, err = k.finish(ctx, x); !again || err != nil {
				return err
			}
		}
	}
	return k.failed(fmt.Errorf("something is still not found after %d walks", calibrateRounds), "look at the report of what is not found")
}

// next are the flows that a correction may have let go on. A mark that was just shown concerns the pages of all.
func (k *calibration) next() []string {
	if k.marked {
		k.marked = false
		return nil
	}
	return k.halting()
}

// look walks through the console. The error says why nothing of it could be looked at.
func (k *calibration) look(ctx context.Context) (*doctor.Examination, error) {
	k.Walk.Version, k.Walk.Keep = k.version, userops.NewOperationID()
	w := k.Walk
	if len(k.only) > 0 {
		w.Only = k.only
		k.Asks("looking again at " + strings.Join(k.only, ", ") + ": nothing is to be done meanwhile")
	} else {
		k.Asks("looking at the console, flow by flow: nothing is to be done meanwhile")
	}
	k.inWalk = walkPage{}
	x, err := k.service.Examine(ctx, k.tenant, k.Options, w, k.events)
	if err == nil {
		err = errors.Join(k.inWalk.failed, k.readShown())
	}
	if err != nil {
		return nil, err
	}
	k.out.Report = x.Report()
	if k.out.Left {
		return x, nil
	}
	v := x.Version()
	if v == nil {
		hint := k.out.Report.Hint
		if len(k.out.Report.Of(doctor.Missing, doctor.Ambiguous)) > 0 { // the person went on without
			hint = "sign in by hand once, where a person sees the page: the session is kept, and this needs no other sign-in"
		}
		if k.version == "" && k.out.Report.Code == string(userops.CodeOf(userops.ErrUnknownUI)) {
			hint = "name the version that comes closest, to begin from"
		}
		return nil, k.failed(fmt.Errorf("no page could be looked at: %s", k.out.Report.Failed), hint)
	}
	if k.version = v.ID; k.out.Before == nil {
		k.out.Before = v
	}
	return x, nil
}

// correct has the person correct what a walk has found wrong. again says that something was, so that it is looked
// again.
func (k *calibration) correct(ctx context.Context, x *doctor.Examination) (again bool, err error) {
	if k.Clear {
		if again, err = k.clear(x); again || err != nil {
			return again, err
		}
	}
	if names := x.Names(); names != nil && len(k.nameless) > 0 {
		if again, err = true, k.takeMore(names); err != nil {
			return false, err
		}
	}
	if done, err := k.recorded(ctx); done || err != nil || k.out.Left {
		return again || done, err
	}
	broken := map[string]bool{} // flows, to whether something of them could be asked for
	for _, f := range k.out.Report.Flows {
		if f.Broken() && f.Name != signInFlow { // whose steps nobody records: they type secrets
			broken[f.Name] = false
		}
	}
	for _, t := range k.out.Report.Of(doctor.Missing, doctor.Ambiguous, doctor.Elsewhere, doctor.Columns) {
		if t.Blocked() { // it lies in another that is missing
			continue
		}
		if _, ok := x.Version().Target(t.Name); !ok {
			done, err := k.atSignIn(ctx, x, t)
			if again = again || done; err != nil || k.out.Left {
				return again, err
			}
			continue
		}
		for _, f := range t.Flows {
			broken[f] = true
		}
		done, err := k.target(ctx, t)
		if again = again || done; err != nil || k.out.Left {
			return again, err
		}
	}
	halted, err := k.halted(ctx, broken)
	if again = again || halted; again || err != nil || k.out.Left {
		return again, err
	}
	if !slices.Contains(k.halting(), listFlow) { // by then it is known who there is, and whose name a mark must not have
		if again, err = k.marks(ctx, x); again || err != nil || k.out.Left {
			return again, err
		}
	}
	return k.lacking(ctx)
}

// recorded keeps the stretch that was recorded in a walk, and has the flow recorded of which the person has said so then.
func (k *calibration) recorded(ctx context.Context) (again bool, err error) {
	if k.inWalk.taken != nil {
		if again, err = k.keepStretch(); err != nil {
			return again, err
		}
	}
	if name := k.inWalk.record; name != "" {
		k.inWalk.record = ""
		done, err := k.flow(ctx, k.flowNamed(name), stepsAreOthers)
		return again || done, err
	}
	return again, nil
}

// halted takes back what was shown for that at which a flow halts, or has the person record the flow, where nothing of it
// could be asked for.
func (k *calibration) halted(ctx context.Context, broken map[string]bool) (again bool, err error) {
	for _, f := range k.out.Report.Flows {
		if asked, halts := broken[f.Name]; halts && !asked {
			if disproved, err := k.disprove(f); disproved || err != nil {
				return disproved, err
			}
			done, err := k.flow(ctx, f, "it halts: "+f.Reason)
			if again = again || done; err != nil || k.out.Left {
				return again, err
			}
		}
	}
	return again, nil
}

// asks counts how often something was asked for, and says that it still is.
func (k *calibration) asks(what string) bool {
	k.tried[what]++
	if k.tried[what] > mostAsked {
		k.skip(what)
	}
	return !slices.Contains(k.out.Skipped, what)
}

func (k *calibration) skip(what string) {
	if !slices.Contains(k.out.Skipped, what) {
		k.out.Skipped = append(k.out.Skipped, what)
	}
}

// clear applies every proposal that is clear.
func (k *calibration) clear(x *doctor.Examination) (bool, error) {
	chosen, err := x.Chosen(x.Version(), nil, true)
	if err != nil {
		return false, err
	}
	for name := range chosen {
		if slices.Contains(k.out.Shown, name) || k.refuted[name] != "" { // it was, and is not found by that, or is another thing
			delete(chosen, name)
		}
	}
	return len(chosen) > 0, k.write(selectors.Change{Targets: chosen})
}

// write writes today's version, and has it looked by.
func (k *calibration) write(c selectors.Change) error {
	if len(c.Targets)+len(c.Marks)+len(c.MarksAlone) == 0 {
		return nil
	}
	v, err := k.load()
	if err != nil {
		return err
	}
	for name := range c.Targets {
		if !slices.Contains(k.out.Shown, name) {
			k.out.Shown = append(k.out.Shown, name)
			k.before[name] = v.Targets[name]
		}
	}
	c.Targets = k.service.dated(c.Targets, k.Walk.Keep)
	return k.revise(v, c)
}

func (k *calibration) revise(v *selectors.Version, c selectors.Change) (err error) {
	c.Source = fmt.Sprintf("%s Calibrated on a console on %s, from %s.", strings.TrimSpace(k.out.Before.Source), k.service.opts.Day, k.out.Before.ID)
	if v.ID == k.out.Before.ID && v.Date == k.service.opts.Day { // taken up again
		c.Source = v.Source
	}
	if k.out.File, k.version, err = k.service.revise(v, c); err != nil {
		return storage("writing a version", k.tenant, err)
	}
	k.lib = nil
	if k.inWalk.at == nil { // the walk under way goes on by the version itself
		if err := k.wrote(); err != nil {
			return err
		}
	}
	k.out.After, err = k.load()
	return err
}
