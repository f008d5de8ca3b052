package automation

import (
	"context"

	"github.com/billagent/billagent/selectors"
)

// Box is where something is drawn: CSS pixels of the window, from its upper left corner.
type Box struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// Examination is how a target is found on a page. Nothing was acted on.
type Examination struct {
	Used      int               `json:"used"`      // index of the candidate that finds it; -1: none does
	Counts    []int             `json:"counts"`    // how many visible elements each candidate finds
	Matches   []string          `json:"matches"`   // what the used one finds, described; at most 10
	Boxes     []Box             `json:"boxes"`     // where they are
	Tried     []string          `json:"tried"`     // what each candidate tried came to, in words
	Hidden    int               `json:"hidden"`    // elements that nobody can see
	Elsewhere []string          `json:"elsewhere"` // what the candidates find outside of what it lies in
	Columns   map[string]string `json:"columns"`   // of a table: why a column is not there, empty where it is
	Headers   []string          `json:"headers"`   // of a table: what its column headers say
	// Fingerprint is what the element looks like, where there is exactly one.
	Fingerprint *selectors.Fingerprint `json:"fingerprint"`
	Miss        string                 `json:"-"` // why it could not be looked for, such as what it lies in being absent
	Foreign     bool                   `json:"-"` // it lies in a frame of another origin
}

// Examine says how a target is found on the page, in a row of a table where one is given: the row of a key, or with
// an empty key the first. It scrolls to what it finds.
func (p *Page) Examine(ctx context.Context, t *selectors.Target, row *Row) (Examination, error) {
	var res struct {
		Examination
		Miss *miss `json:"miss"`
	}
	if err := p.look(ctx, "examine", map[string]any{"target": t, "row": row}, &res); err != nil {
		return Examination{}, err
	}
	if res.Miss != nil {
		res.Examination.Miss, res.Foreign = res.Miss.Detail, res.Miss.Kind == foreignFrame
	}
	return res.Examination, nil
}

// Element is something that a person sees on a page.
type Element struct {
	Fingerprint selectors.Fingerprint `json:"fingerprint"`
	Target      string                `json:"target"` // which target it is already, empty for none
}

// aroundLimit bounds how many elements of a page are compared: a list of 1,000 users has some 8,000 cells, and
// whatever stands behind them is looked at in vain.
const aroundLimit = 3000

// Around lists what a person sees where a target is looked for. others are the targets that elements may be already.
func (p *Page) Around(ctx context.Context, t *selectors.Target, row *Row, others []*selectors.Target) ([]Element, error) {
	var res struct {
		Elements []Element `json:"elements"`
		Miss     *miss     `json:"miss"`
	}
	req := map[string]any{"target": t, "row": row, "others": others, "limit": aroundLimit}
	if err := p.look(ctx, "around", req, &res); err != nil {
		return nil, err
	}
	if res.Miss != nil {
		return nil, p.missError("look around", t.Name, res.Miss)
	}
	return res.Elements, nil
}

// Offer is a candidate for an element. One that is not kept says why.
type Offer struct {
	Candidate selectors.Candidate `json:"candidate"`
	Kept      bool                `json:"kept"`
	Why       string              `json:"why"`
}

// Offers lists candidates for one of the elements that Around has listed last, best first, with the element's
// description and place.
func (p *Page) Offers(ctx context.Context, index int) (offers []Offer, described string, box Box, err error) {
	var res struct {
		Offers    []Offer `json:"offers"`
		Described string  `json:"described"`
		Box       Box     `json:"box"`
		Miss      *miss   `json:"miss"`
	}
	if err := p.look(ctx, "offer", map[string]any{"index": index}, &res); err != nil {
		return nil, "", Box{}, err
	}
	if res.Miss != nil {
		return nil, "", Box{}, p.missError("propose", "an element", res.Miss)
	}
	return res.Offers, res.Described, res.Box, nil
}
