package automation

import (
	"context"

	"github.com/billagent/billagent/selectors"
)

// Pick is what a person is asked to show on a page.
type Pick struct {
	Target *selectors.Target
	Row    *Row   // in which it is looked for; nil: it is no part of one
	Note   string // told at the beginning, such as why the page is not the one that was meant
	// Proposed are elements that may be the target, each by its candidates: the first that is there is shown at once.
	Proposed   [][]selectors.Candidate
	Guided     bool // one of several: it can be skipped, and leaving it leaves them all
	Recordable bool // the flow that needs it can be recorded instead
	Stretch    bool // a stretch of that flow, from this page on, can be recorded instead
	// StandIn acts in the person's place, again and again until the pick has ended: for tests. Nil: there is a person.
	StandIn func(ctx context.Context, s *StandIn) error
}

// Picked is the element that a person has shown.
type Picked struct {
	Taken       bool    // false: it was cancelled, or the window was closed
	Skipped     bool    // the person goes on without it
	Record      bool    // the person will record the flow instead
	Stretch     bool    // the person will record a stretch of it instead
	Offers      []Offer // what it could be found by, best first, and what not and why
	Strays      []Stray // what the target was found by until now and is not any more
	Described   string  // the element, by its HTML
	Said        string  // the element, by its role and name
	Fingerprint selectors.Fingerprint
}

// Stray is a candidate of a target that means something else than the element that is shown for it.
type Stray struct {
	Candidate selectors.Candidate
	Matches   int // how many elements it matches
}

// Pick has a person click the element that a target is to be. The click does not reach the page; while the person walks
// on, clicks do, and what holds the session's requests holds what they send. It ends when an element is taken, on the
// person's word, or when the window is closed.
func (p *Page) Pick(ctx context.Context, pick Pick) (Picked, error) {
	var res struct {
		Done    string  `json:"done"`
		Walking bool    `json:"walking"`
		Top     bool    `json:"top"`
		Offers  []Offer `json:"offers"`
		Strays  []struct {
			At      int `json:"at"`
			Matches int `json:"matches"`
		} `json:"strays"`
		Described   string                `json:"described"`
		Said        string                `json:"said"`
		Fingerprint selectors.Fingerprint `json:"fingerprint"`
		Miss        *miss                 `json:"miss"`
	}
	req := map[string]any{
		"target": pick.Target, "row": pick.Row, "note": pick.Note, "walking": false, "top": false,
		"proposed": append([][]selectors.Candidate{}, pick.Proposed...), "guided": pick.Guided, "recordable": pick.Recordable, "stretch": pick.Stretch,
		"wait": showSlice.Milliseconds(),
	}
	closed, err := p.show(ctx, "picking", req, &res, pick.StandIn, func() bool {
		req["walking"], req["top"] = res.Walking, res.Top // a new document goes on as the one before
		return res.Done != "" || res.Miss != nil
	})
	if err != nil || closed {
		return Picked{}, err
	}
	if res.Miss != nil {
		return Picked{}, p.missError("pick", pick.Target.Name, res.Miss)
	}
	out := Picked{
		Taken: res.Done == "taken", Skipped: res.Done == "skipped", Record: res.Done == "record", Stretch: res.Done == "stretch",
		Offers: res.Offers, Described: res.Described, Said: res.Said, Fingerprint: res.Fingerprint,
	}
	for _, s := range res.Strays {
		if s.At < len(pick.Target.Candidates) {
			out.Strays = append(out.Strays, Stray{pick.Target.Candidates[s.At], s.Matches})
		}
	}
	return out, nil
}
