package automation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/selectors"
)

// State is what of a target can be seen on the page.
type State struct {
	State  string   `json:"state"` // visible, disabled, hidden, absent, several or foreign-frame
	Detail string   `json:"detail"`
	Text   string   `json:"text"` // what it says, at most 500 characters
	Tried  []string `json:"tried"`
}

// There says that a person sees the target, once.
func (s State) There() bool { return s.State == "visible" || s.State == "disabled" }

// drawn says that it is there, once or several times.
func (s State) drawn() bool { return s.There() || s.State == "several" }

func (s State) String() string {
	if s.Detail != "" {
		return s.State + " (" + s.Detail + ")"
	}
	return s.State
}

// lookSlice is how long one evaluate waits in the page. Longer waits are several, so that a replaced page or a
// cancelled context is noticed.
const lookSlice = 2 * time.Second

type lookAnswer struct {
	Hit    int     `json:"hit"`
	States []State `json:"states"`
	Miss   *miss   `json:"miss"`
}

// miss is a reason why not, as the injected script gives it.
type miss struct {
	Kind   string   `json:"kind"`
	Detail string   `json:"detail"`
	Tried  []string `json:"tried"`
}

func (p *Page) missError(act, target string, m *miss) *Error {
	kind, ok := kindOf[m.Kind]
	if !ok {
		kind = ErrScript
	}
	e := &Error{Act: act, Target: target, Kind: kind, Last: m.Detail, Tried: m.Tried, Page: WithoutQuery(p.URL())}
	if m.Kind == foreignFrame {
		p.unreachedFrame(e)
	}
	return e
}

// foreignFrame is the state of what lies in a frame that cannot be looked into.
const foreignFrame = "foreign-frame"

// unreachedFrame says of such a frame that its page could not be loaded, where that is known: what the browser shows in
// place of it is of another origin.
func (p *Page) unreachedFrame(e *Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, address := range p.unreached {
		e.Kind, e.Last = ErrUnreachable, "what a frame should show could not be loaded: "+WithoutQuery(address)
	}
}

// Look reports what can be seen of targets now, in one protocol call.
func (p *Page) Look(ctx context.Context, targets ...*selectors.Target) ([]State, error) {
	var res lookAnswer
	if err := p.look(ctx, "look", map[string]any{"targets": targets}, &res); err != nil {
		return nil, err
	}
	if res.Miss != nil {
		return nil, p.missError("look at", targets[0].Name, res.Miss)
	}
	return res.States, nil
}

// Await waits until one of the targets is in one of the states (default visible or disabled) and returns its index and
// what was seen of it. It gives up at once when the page could not be loaded or the server answered with an error
// and none of the targets is there.
func (p *Page) Await(ctx context.Context, bound time.Duration, states []string, targets ...*selectors.Target) (int, State, error) {
	if len(states) == 0 {
		states = []string{"visible", "disabled"}
	}
	start := time.Now()
	ctx, cancel := patient(ctx, bound)
	defer cancel()
	var last lookAnswer
	for {
		wait := remaining(ctx, lookSlice)
		req := map[string]any{"targets": targets, "until": states, "wait": wait.Milliseconds()}
		var res lookAnswer
		err := p.look(ctx, "look", req, &res)
		switch {
		case err == nil && res.Miss != nil:
			return -1, State{}, p.missError("await", targets[0].Name, res.Miss)
		case err == nil && res.Hit >= 0:
			return res.Hit, res.States[res.Hit], nil
		case err == nil:
			last = res
		}
		if ctx.Err() == nil && err != nil {
			return -1, State{}, err
		}
		if e := p.broken(targets); e != nil {
			return -1, State{}, e
		}
		if Over(ctx) {
			return -1, State{}, p.timeOut(ctx, "await", targets, strings.Join(states, " or "), last.States, time.Since(start))
		}
	}
}

// Broken says why the page will not show anything any more, or nil.
func (p *Page) Broken() error { return p.broken(nil) }

// Document identifies the document now shown: it changes with every navigation that loads one.
func (p *Page) Document() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.mainLoader)
}

// broken says that the page will not show anything any more: it failed to load, led to a foreign host, or is an error.
func (p *Page) broken(targets []*selectors.Target) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := &Error{Act: "await", Target: targetNames(targets), Page: WithoutQuery(p.url)}
	switch {
	case p.blocked != "":
		e.Kind, e.Last = ErrForeignHost, "it led to "+p.blocked
	case p.failed != "":
		e.Kind, e.Last = ErrUnreachable, p.failed
	case p.status >= 500:
		e.Kind, e.Last = ErrUnreachable, fmt.Sprintf("the server answered %d", p.status)
	case p.chooser:
		e.Kind, e.Last = ErrUnsupported, noChooser
	default:
		return nil
	}
	return e
}

func (p *Page) timeOut(ctx context.Context, act string, targets []*selectors.Target, want string, last []State, waited time.Duration) error {
	e := &Error{Act: act, Target: targetNames(targets), Kind: ErrMissing, Want: want, Waited: waited.Round(10 * time.Millisecond).String(), Page: WithoutQuery(p.URL()), Cause: context.Cause(ctx)}
	if e.Cause == context.DeadlineExceeded {
		e.Cause = nil // our own bound, which Waited tells
	}
	e.Last = "nothing could be looked at"
	var seen []string
	for i, s := range last {
		seen = append(seen, fmt.Sprintf("%s was %s", targets[i].Name, s))
		e.Tried = append(e.Tried, s.Tried...)
		if s.State == "several" {
			e.Kind = ErrAmbiguous
		}
	}
	if len(seen) > 0 {
		e.Last = strings.Join(seen, ", ")
		if slices.ContainsFunc(last, func(s State) bool { return s.State == foreignFrame }) {
			p.unreachedFrame(e)
		}
	} else { // whether the targets are there is not known
		e.Kind = ErrTooSlow
	}
	return e
}

func targetNames(targets []*selectors.Target) string {
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = t.Name
	}
	return strings.Join(names, " or ")
}

// Read returns what a target says: a field's value, a select's words, an attribute if one is named, or its text.
func (p *Page) Read(ctx context.Context, t *selectors.Target, attr string) (string, error) {
	var res struct {
		Value string `json:"value"`
		Miss  *miss  `json:"miss"`
	}
	if err := p.look(ctx, "read", map[string]any{"target": t, "attr": attr}, &res); err != nil {
		return "", err
	}
	if res.Miss != nil {
		return "", p.missError("read", t.Name, res.Miss)
	}
	return res.Value, nil
}

// Texts returns what every match of a target says.
func (p *Page) Texts(ctx context.Context, t *selectors.Target) ([]string, error) {
	var res struct {
		Values []string `json:"values"`
		Miss   *miss    `json:"miss"`
	}
	if err := p.look(ctx, "texts", map[string]any{"target": t}, &res); err != nil {
		return nil, err
	}
	if res.Miss != nil {
		return nil, p.missError("read", t.Name, res.Miss)
	}
	return res.Values, nil
}

// Recognise says which of several sets of conditions hold on the page, each condition a list of alternatives.
func (p *Page) Recognise(ctx context.Context, sets [][][]selectors.Candidate) ([]bool, error) {
	var res []bool
	if err := p.look(ctx, "recognise", map[string]any{"sets": sets}, &res); err != nil {
		return nil, err
	}
	return res, nil
}
