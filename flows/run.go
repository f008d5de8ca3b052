package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// Run is one flow being carried out on a page.
type Run struct {
	Page    *automation.Page
	Flow    *Flow
	Version *selectors.Version
	Inputs  map[string]string
	// Secret gives a secret input when a step needs it. attempt counts from 1 each time it is asked for.
	Secret func(ctx context.Context, name string, attempt int) (string, error)
	// Left says whether the page now belongs to the console proper. For screens steps.
	Left        func(ctx context.Context) (bool, error)
	Watch       []Watching
	Evidence    *automation.Evidence
	Progress    func(step string)
	MaxRows     int
	StepTimeout time.Duration // for a step that does not say; 0 means 20 s
	// MustShow is what the page must say, beside whom the commit concerns, for the commit to be made.
	MustShow []automation.Identity
	// People are whom the commit concerns and whom it must not. Nil where the flow changes nothing.
	People *automation.People
	// Intent is asked directly before the commit; unless it returns nil, nothing is committed. Acted is told directly
	// after. Either may be nil.
	Intent func(ctx context.Context) error
	Acted  func(ctx context.Context)
	// App is whose pages these are: what its answers mean, and which requests only read. Nil: no more than HTTP says.
	App *App
	// Through rehearses the press as well, in a session in which nothing that may change something leaves; the
	// session is the caller's to throw away. It ends with ErrRehearsed, and Result.WouldSend says what was stopped.
	Through bool
	// Meaning translates what a field of a table says, so that a page and its server's answers can be compared. May
	// be nil.
	Meaning func(field, text string) string
	// Sought is a row at which the reading of a table ends. Nil: all is read.
	Sought *automation.Sought
	// Each is given each row of the first reading of a table when it is read, before anything is proved. May be nil.
	Each func(rows automation.Rows, i int)
	// Enough says that a complete reading is enough though only a second one tells whether rows moved meanwhile, as
	// where what is said of it is held against the page afterwards. Nil: it never is.
	Enough func(rows automation.Rows) bool
	// At is where a list began that the flow read before, on another page of the same sign-in. A flow whose rows
	// step says address begins there, and where that is not the list as it must be, where it always begins. Empty:
	// it is not known.
	At string
	// There is the address of the page of such a list on which the one who is sought stood. Empty: it is not known.
	There string
	// Own is the address of the subject's own page, as a list gave it. Empty: it is not known.
	Own string
	// Loaded says that the page has just been loaded, and nothing was done on it: a flow that begins by opening the
	// very address does not load it again.
	Loaded bool
	// Examine is told of the targets of each step, before it is done; of one that waits for its targets,
	// afterwards. Of one that failed it is told again. May be nil.
	Examine func(ctx context.Context, s Sighted)
	// Mend is asked for what a step lacks: the names of the target, or of a page that is no known screen of each
	// that may be lacking, and how the step failed. With the version that it returns the step is tried again; nil:
	// nobody could show it. May be nil.
	Mend func(ctx context.Context, names []string, failed error) (*selectors.Version, error)
	// Show is asked for what a step lacks once Examine was told of it. With the version that it returns the step is
	// made again; nil: nobody has shown it. It is for looks: nil where something may be committed.
	Show func(ctx context.Context) (*selectors.Version, error)
	// Stop ends the run with an ArrivedError before a step that needs a target. Nil: it goes on.
	Stop *Stop
	// Held holds what leaves the page's session already, and is the caller's to close. Nil: the run sees to that
	// itself.
	Held *Exchange
	// Rehearse ends the run at the commit with ErrRehearsed, once its target is there.
	Rehearse bool

	result  Result
	asked   map[string]int
	visits  map[*Screens][]int // how often each of their cases has come
	entered []automation.Entered
	fresh   bool // Loaded, and no step was made yet
}

// Watching is something that ends the run at once if it is seen while the run waits.
type Watching struct {
	Watch
	Target *selectors.Target
}

// Result is what a run came to. It is complete as far as the run got, also beside an error.
type Result struct {
	Texts     map[string][]string // outputs of read and texts
	Rows      map[string]automation.Rows
	Pressed   bool // the commit's target was, or may have been, pressed
	Committed bool // something left the browser, or may have: what it did is for a read-back to say
	Requested bool // the page says that a second person must approve
	Notices   []string
	Exchange  *Exchange   // what left; nil while nothing of the page was touched, and where the flow changes nothing. Close it
	WouldSend []Rehearsed // of a rehearsal through the press
}

// ErrRehearsed ends a rehearsal that came up to the commit.
var ErrRehearsed = errors.New("rehearsed up to the commit")

// ErrTooLong ends a run whose flow has taken longer than it allows itself, whatever it waited for then.
var ErrTooLong = errors.New("the time that the flow allows has passed")

// HaltError is the end of a run for a reason the flow itself gives.
type HaltError struct {
	Kind, Reason, Hint string
}

// Error implements error.
func (e *HaltError) Error() string { return e.Reason }

// stepBound is how long a step may take that does not say: longer than a slow page, shorter than a person waits.
const stepBound = 20 * time.Second

// Do carries out the flow's steps. The error says which step failed on what; Result.Committed says on which side of
// the commit.
func (r *Run) Do(ctx context.Context) (Result, error) {
	r.result = Result{Texts: map[string][]string{}, Rows: map[string]automation.Rows{}, Exchange: r.Held}
	r.asked, r.visits, r.entered, r.fresh = map[string]int{}, nil, nil, r.Loaded
	ctx, cancel := automation.Bounded(ctx, time.Duration(r.Flow.Timeout), ErrTooLong)
	defer cancel()
	if r.rehearses() || r.Flow.Standalone {
		if err := r.hold(ctx); err != nil {
			return r.result, err
		}
	}
	err := r.nothingSent(r.heldUp(r.begin(ctx)))
	if r.rehearses() {
		r.beforePress()
	}
	if r.result.Committed {
		if pictureErr := r.picture(ctx, "after-commit"); pictureErr != nil {
			err = errors.Join(err, fmt.Errorf("flow %s: the picture after the commit: %w", r.Flow.Name, pictureErr))
		}
	}
	return r.result, err
}

// begin makes the flow's steps; of a list whose address is known, the last one there, or all where that leads
// elsewhere.
func (r *Run) begin(ctx context.Context) error {
	steps := r.Flow.Steps
	rows := r.Flow.list()
	if rows != nil && rows.Address && r.There != "" && r.Sought != nil {
		if done, err := rows.soughtThere(ctx, r); done || err != nil {
			return err
		}
	}
	if rows == nil || !rows.Address || r.At == "" {
		return r.steps(ctx, steps)
	}
	err := rows.openAt(ctx, r, r.At)
	if err == nil {
		err = r.step(ctx, &steps[len(steps)-1])
	}
	var halt *HaltError
	if err == nil || errors.As(err, &halt) || ctx.Err() != nil {
		return err
	}
	if err := r.elsewhere(rows, err); err != nil {
		return err
	}
	return r.steps(ctx, steps)
}

// DoAfterwards carries out what follows the read-back.
func (r *Run) DoAfterwards(ctx context.Context) error {
	ctx, cancel := automation.Bounded(ctx, time.Duration(r.Flow.Timeout), ErrTooLong)
	defer cancel()
	return r.steps(ctx, r.Flow.Afterwards)
}

func (r *Run) steps(ctx context.Context, steps []Step) error {
	for i := range steps {
		if err := r.step(ctx, &steps[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) step(ctx context.Context, s *Step) error {
	if err := r.outOfTime(ctx); err != nil {
		return fmt.Errorf("flow %s: %w", r.Flow.Name, err)
	}
	if p, ok := s.Verb.(*Part); ok { // its steps tell of themselves
		return r.steps(ctx, p.shared)
	}
	if err := r.arrives(ctx, s); err != nil {
		return err
	}
	if label := s.label(); r.Progress != nil && label != "" {
		r.Progress(label)
	}
	start := time.Now()
	err := r.actMended(ctx, s)
	if waitsItself(s.Verb) && (err == nil || errors.Is(err, ErrRehearsed)) {
		r.examined(ctx, s, nil)
	}
	if err == nil {
		if again, _ := r.shown(ctx, r.examinedList(ctx, s)); again {
			return r.step(ctx, s)
		}
	}
	if err != nil {
		err = r.interrupted(ctx, err)
	}
	if err != nil && !errors.Is(err, ErrRehearsed) {
		r.examined(ctx, s, err)
		var again bool
		if again, err = r.shown(ctx, err); again {
			return r.step(ctx, s)
		}
	}
	entry := map[string]any{"flow": r.Flow.Name, "step": s.Verb.word(), "targets": s.targets(), "took_ms": time.Since(start).Milliseconds(), "page": r.pageNow()}
	if err != nil {
		entry["error"] = err.Error()
		if lacks := r.lacking(err); len(lacks) > 0 {
			entry["lacks"] = lacks
		}
	}
	if notes := r.Page.TakeNotes(); len(notes) > 0 {
		entry["notes"] = notes
	}
	if logErr := r.Evidence.Log(entry); logErr != nil && err == nil && !r.result.Committed {
		return logErr // evidence that cannot be kept ends the run while nothing has been changed yet
	}
	if err != nil {
		var halt *HaltError
		if errors.As(err, &halt) {
			return err
		}
		if late := r.outOfTime(ctx); errors.Is(late, ErrTooLong) {
			err = fmt.Errorf("%w: %w", late, err)
		}
		return fmt.Errorf("flow %s: %w", r.Flow.Name, err)
	}
	return nil
}

// outOfTime says that the run was cancelled, or has taken as long as its flow allows.
func (r *Run) outOfTime(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if automation.Over(ctx) {
		return ErrTooLong
	}
	return nil
}

// interrupted looks for what is watched once more after a step failed: it explains the failure better than the step.
func (r *Run) interrupted(ctx context.Context, err error) error {
	var e *automation.Error
	if !errors.As(err, &e) || r.result.Committed || len(r.Watch) == 0 || ctx.Err() != nil {
		return err
	}
	targets := make([]*selectors.Target, len(r.Watch))
	for i, w := range r.Watch {
		targets[i] = w.Target
	}
	states, lookErr := r.Page.Look(ctx, targets...)
	if lookErr != nil {
		return err
	}
	for i, st := range states {
		if st.There() {
			return &HaltError{Kind: r.Watch[i].Kind, Reason: r.Watch[i].Reason, Hint: r.Watch[i].Hint}
		}
	}
	return err
}

func (r *Run) pageNow() string { return automation.WithoutQuery(r.Page.URL()) }

// Kept says which requests of the page were kept from leaving so far, each in a line.
func (r *Run) Kept() []string { return r.result.Exchange.Kept() }

func (r *Run) rehearses() bool { return r.Through || r.Rehearse }

// unshownError is how a step has failed of which nobody has shown what it lacks: the step that holds this one asks nobody
// for the same again.
type unshownError struct{ error }

// Unwrap lets errors.Is and errors.As see through.
func (e *unshownError) Unwrap() error { return e.error }

// shown says that somebody has shown what a step lacks, so that it is made again.
func (r *Run) shown(ctx context.Context, failed error) (again bool, err error) {
	var halt *HaltError
	var unshown *unshownError
	if r.Show == nil || failed == nil || errors.As(failed, &halt) || errors.As(failed, &unshown) || ctx.Err() != nil {
		return false, failed
	}
	v, err := r.Show(ctx)
	if err != nil || v == nil {
		return false, errors.Join(&unshownError{failed}, err)
	}
	r.Version = v
	return true, nil
}

// actMended carries out one step, again each time that somebody has shown what it lacked.
func (r *Run) actMended(ctx context.Context, s *Step) error {
	for {
		err := r.act(ctx, s)
		mended, failed := r.mended(ctx, err)
		if failed != nil {
			return failed
		}
		if !mended {
			return err
		}
	}
}

// act carries out one step.
func (r *Run) act(ctx context.Context, s *Step) error {
	bound := r.StepTimeout
	if bound == 0 {
		bound = stepBound
	}
	if s.Options.Timeout > 0 {
		bound = time.Duration(s.Options.Timeout)
	}
	if a, ok := s.Verb.(awaiting); ok && a.awaited() != "" {
		if _, err := r.await(ctx, bound, a.awaited()); err != nil {
			return err
		}
	}
	if _, ok := s.Verb.(acting); ok {
		if err := r.hold(ctx); err != nil {
			return err
		}
	}
	fresh := r.fresh
	r.fresh = false
	if o, ok := s.Verb.(*Open); ok && fresh && o.shown(ctx, r) {
		return nil
	}
	if !waitsItself(s.Verb) {
		r.examined(ctx, s, nil)
	}
	return s.Verb.run(ctx, r, s, bound)
}

// reloading does something, and where the step says so waits until the page has been loaded anew by it, or has the
// answer to what it asked for.
func (r *Run) reloading(ctx context.Context, s *Step, target string, bound time.Duration, do func() (bool, error)) error {
	if s.Options.Asks {
		return r.on(target, func(t *selectors.Target) error { return r.Page.Asks(ctx, t, r.witnessed(), bound, do) })
	}
	if s.Options.Changes != "" {
		return r.on(s.Options.Changes, func(t *selectors.Target) error { return r.Page.Changes(ctx, t, bound, do) })
	}
	if !s.Options.Reloads {
		_, err := do()
		return err
	}
	return r.on(target, func(t *selectors.Target) error { return r.Page.Reloads(ctx, t, bound, do) })
}

// witnessed says which requests bring rows, where the version knows: others, such as telemetry, then answer
// nothing. Which parameters they have is not looked at, since it is by them that filters differ.
func (r *Run) witnessed() func(address string) bool {
	var known []*selectors.Witness
	for _, name := range r.Version.Names() {
		if t, ok := r.Version.Target(name); ok && t.Table != nil && t.Table.Witness != nil && !t.Table.Witness.Optional {
			known = append(known, &selectors.Witness{Path: t.Table.Witness.Path})
		}
	}
	if len(known) == 0 {
		return nil
	}
	return func(address string) bool {
		return slices.ContainsFunc(known, func(w *selectors.Witness) bool { return automation.Witnesses(w, address) })
	}
}

// target resolves a name in the version, with inputs filled in.
func (r *Run) target(name string) (*selectors.Target, error) {
	t, ok := r.Version.Target(name)
	if !ok {
		return nil, fmt.Errorf("version %s has no target %q", r.Version.ID, name)
	}
	return t.Fill(r.Inputs)
}

func (r *Run) on(name string, do func(*selectors.Target) error) error {
	t, err := r.target(name)
	if err != nil {
		return err
	}
	return do(t)
}

// text replaces ${name} by inputs. A secret is asked for here, and never logged.
func (r *Run) text(ctx context.Context, s string) (string, error) {
	var failed error
	out := selectors.Expand(s, func(name string) (string, bool) {
		if v, ok := r.Inputs[name]; ok {
			return v, true
		}
		if r.Secret == nil {
			failed = fmt.Errorf("input %s is missing", name)
			return "", true
		}
		r.asked[name]++
		v, err := r.Secret(ctx, name, r.asked[name])
		if err != nil {
			failed = err
		}
		return v, true
	})
	return out, failed
}
