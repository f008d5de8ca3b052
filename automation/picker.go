package automation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Picker is something to choose from that is not a select element.
type Picker struct {
	Target  *selectors.Target // what it is called
	Opens   *selectors.Target // what is pressed to open it; nil: Target
	Options *selectors.Target // matches every option once it is open, wherever the page draws them
	Shows   *selectors.Target // what says afterwards which one is chosen; nil: Target
	Confirm *selectors.Target // what is pressed once an option is; nil: nothing
	Option  string            // the words of the option, exact after white space is folded
	Bound   time.Duration
}

// Face is what says which option is chosen.
func (k Picker) Face() *selectors.Target {
	if k.Shows != nil {
		return k.Shows
	}
	return k.Target
}

// ChooseFrom opens a picker, presses the one option with the exact words and what confirms it, and waits until the
// picker says so. It returns false where it said so already.
func (p *Page) ChooseFrom(ctx context.Context, k Picker) (bool, error) {
	ctx, cancel := patient(ctx, k.Bound)
	defer cancel()
	states, err := p.Look(ctx, k.Face(), k.Options)
	if err != nil {
		return false, err
	}
	if states[0].There() {
		if now, err := p.Read(ctx, k.Face(), ""); err == nil && SameText(now, k.Option, false) {
			return false, nil
		}
	}
	open := Press{Target: k.Opens, Bound: k.Bound}
	if open.Target == nil {
		open.Target = k.Target
	}
	if !states[1].drawn() { // a list that is there before is another's
		open.Brings = k.Options
	}
	if err := p.Click(ctx, open); err != nil {
		return false, err
	}
	if err := p.pressOption(ctx, k); err != nil {
		return true, err
	}
	if k.Confirm != nil {
		if err := p.Click(ctx, Press{Target: k.Confirm, Bound: k.Bound}); err != nil {
			return true, err
		}
	}
	return true, p.facing(ctx, k)
}

// drawnFor is how long an option that was seen is waited for: a list may draw others meanwhile, and has to be
// searched again.
const drawnFor = 2 * time.Second

// pressOption brings the option into view and presses it. A list may be drawn anew between the parts of a press:
// what was half pressed is pressed again, unless it is shown as chosen, since choosing the same twice is choosing
// it once.
func (p *Page) pressOption(ctx context.Context, k Picker) error {
	var half error
	for round := 0; ; round++ {
		if err := p.bringOption(ctx, k); err != nil {
			return errors.Join(err, half)
		}
		err := p.Click(ctx, Press{Target: k.Options, Saying: k.Option, Bound: min(drawnFor, k.Bound)})
		var e *Error
		if err == nil || !errors.As(err, &e) || Over(ctx) || round > mostTries {
			return err
		}
		switch {
		case e.Acted && errors.Is(err, ErrMissed):
			half = err
			rest(ctx, batchLook)
			if now, readErr := p.Read(ctx, k.Face(), ""); readErr == nil && SameText(now, k.Option, false) {
				return nil
			}
		case e.Acted || !errors.Is(err, ErrMissing):
			return err
		}
	}
}

// facing waits until a picker says what was chosen.
func (p *Page) facing(ctx context.Context, k Picker) error {
	for {
		if _, _, err := p.Await(ctx, k.Bound, nil, k.Face()); err != nil {
			return err
		}
		got, err := p.Read(ctx, k.Face(), "")
		if err == nil && SameText(got, k.Option, false) {
			return nil
		}
		if Over(ctx) {
			if err != nil {
				return err
			}
			return &Error{Act: "choose", Target: k.Target.Name, Kind: ErrNotRead, Page: WithoutQuery(p.URL()),
				Last: fmt.Sprintf("chose %q, %s shows %q", k.Option, k.Face().Name, got)}
		}
		rest(ctx, batchLook)
	}
}

// offer is what the options say that are drawn now.
type offer struct {
	Equal   int      `json:"equal"` // how many say what is wanted
	Words   []string `json:"words"`
	Scrolls bool     `json:"scrolls"` // they stand in a list that scrolls
	Top     bool     `json:"top"`
	End     bool     `json:"end"`
	Miss    *miss    `json:"miss"`
}

// A list that scrolls may draw only what is in view. It is scrolled when no option has come for drawnBy, first to its
// top.
const (
	drawnBy     = 400 * time.Millisecond
	mostScrolls = 500
)

// search is the search for an option among those of a picker.
type search struct {
	seen    []string  // what the options say that were drawn so far
	grew    time.Time // when one was added last
	scrolls int
}

// next says whether the list is scrolled for the next look, to its top or on, and whether all of it has been seen.
func (s *search) next(now offer) (scroll string, done bool) {
	for _, w := range now.Words {
		if !slices.Contains(s.seen, w) {
			s.seen, s.grew = append(s.seen, w), time.Now()
		}
	}
	still := time.Since(s.grew)
	switch {
	case s.scrolls >= mostScrolls:
		return "", true
	case now.Scrolls && s.scrolls == 0 && still >= drawnBy && !now.Top:
		scroll = "top"
	case now.Scrolls && !now.End && (s.scrolls > 0 || still >= drawnBy):
		scroll = "on"
	default:
		return "", still >= batchPause
	}
	s.scrolls++
	return scroll, false
}

// bringOption waits until a picker offers its option, and scrolls the list of options where it does not.
func (p *Page) bringOption(ctx context.Context, k Picker) error {
	if _, _, err := p.Await(ctx, k.Bound, []string{"visible", "disabled", "several"}, k.Options); err != nil {
		return err
	}
	s, scroll := &search{grew: time.Now()}, ""
	for {
		var now offer
		req := map[string]any{"target": k.Options, "picker": k.Target, "option": k.Option, "scroll": scroll}
		if err := p.look(ctx, "offered", req, &now); err != nil {
			return err
		}
		e := &Error{Act: "choose", Target: k.Target.Name, Kind: ErrNotOffered, Page: WithoutQuery(p.URL())}
		switch {
		case now.Miss != nil:
			return p.missError("choose", k.Options.Name, now.Miss)
		case now.Equal > 1:
			e.Kind, e.Last = ErrAmbiguous, fmt.Sprintf("%d options read %q", now.Equal, k.Option)
			return e
		case now.Equal == 1:
			return nil
		}
		var done bool
		if scroll, done = s.next(now); done || Over(ctx) {
			e.Last, e.Asked, e.Offered = fmt.Sprintf("%q is not among the options", k.Option), k.Option, s.seen
			return e
		}
		if scroll == "" {
			rest(ctx, batchLook)
		}
	}
}

// rest waits between two looks.
func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
