package automation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Reading says how to read a whole table and how its end is proved.
type Reading struct {
	Table    *selectors.Target
	Counter  *selectors.Target   // says how many rows there are in all
	Next     *selectors.Target   // leads to the next page; disabled or absent on the last one
	Previous *selectors.Target   // leads to the page before; disabled or absent on the first one
	More     *selectors.Target   // adds rows to the same page; absent when there are no more
	Scroll   bool                // the table draws only what is in view
	Apart    []*selectors.Target // beside the table, and seem to lead to more rows, but do not
	Filters  []Filter            // what must hold before the first row is read and after the last
	Limit    int                 // give up beyond this many rows
	Bound    time.Duration       // for each page or viewport
	Progress func(rows int)
	// Meaning translates what a field says, on the page or in a witness's answer, so that both can be compared;
	// nil: as it is.
	Meaning func(field, text string) string
	// Each is given each row, by its position, when it is taken in. What is said of the whole may differ in the end: rows
	// may get notices, and the list may be another one. May be nil.
	Each   func(rows Rows, i int)
	Sought *Sought // the reading stops there; nil: all is read
	Here   bool    // only the page that is shown is read, for the one who is sought

	looked bool // something was read: a counter that was not there then does not come any more
}

// Sought is a row beside which nothing else of a table is looked for: a reading that stops there is not complete.
type Sought struct {
	Key    string
	Proves func(r Rows, i int) bool // the row at this position is the one, and says enough; else all is read
}

// Filter is a control that decides which rows a table has: a box that is on or off, or what a control says.
type Filter struct {
	Target *selectors.Target `json:"target"`
	On     *bool             `json:"on,omitempty"`
	Equals string            `json:"equals,omitempty"`
	// Empty says that the control must say nothing, or not be shown, such as a search box or the sign of a filter.
	Empty bool `json:"empty,omitempty"`
}

// Rows is what was read of a table.
type Rows struct {
	Rows     []map[string]string // column name to text; a column without a cell is absent
	Notices  map[int]string      // by position in Rows: why the row is not to be relied on
	Unread   map[int]string      // by position in Rows: what the cell of the key shows that could not be read
	Columns  map[string]selectors.Column
	Complete bool     // the end was proved
	Proof    string   // what proved it, or why it could not be proved
	At       string   // the address of the document in which it began
	Places   []string // by position in Rows: the address of the document in which the row stood; empty where all are in one
	Pages    int
	Stopped  bool // at the one that was sought: what was not read says nothing
	Parts    bool // the rows came in several answers, between which they may have shifted: only a second reading tells
}

type rowAnswer struct {
	Cells []*string `json:"cells"`
	Odd   string    `json:"odd"`
	At    string    `json:"at"`
}

type rowsAnswer struct {
	Names      []string    `json:"names"`
	Rows       []rowAnswer `json:"rows"`
	Drawn      int         `json:"drawn"` // rows in the document at once; the fewest of several looks
	Mark       string      `json:"mark"`
	Address    string      `json:"address"` // of the document
	Count      *string     `json:"count"`
	Filters    []string    `json:"filters"`
	Next       string      `json:"next"`
	NextDetail string      `json:"nextDetail"`
	Previous   string      `json:"previous"`
	Pos        float64     `json:"pos"`
	Height     float64     `json:"height"`
	Bottom     bool        `json:"bottom"`
	Late       bool        `json:"late"`    // cells were seen to come later than their rows
	Watched    int         `json:"watched"` // screens that were watched for that
	Miss       *miss       `json:"miss"`
}

// watchedScreens is how many screens of a list are watched for cells that come later than their rows.
const watchedScreens = 2

// scrollChunk is how many rows one evaluate gathers of a list that draws only what is in view.
const scrollChunk = 200

// counterBound is how long a counter may come later than the rows.
const counterBound = 3 * time.Second

// ReadTable reads every row of a table, page by page, in one evaluate each. A table that changed while it was read
// gives Complete false: its caller opens it afresh and reads it again.
func (p *Page) ReadTable(ctx context.Context, r Reading) (Rows, error) {
	g := newGathering(r, p.traffic.mark())
	var err error
	switch {
	case r.Here:
		err = p.readHere(ctx, g)
	case r.Scroll:
		err = p.readScrolled(ctx, g)
	case r.Next == nil && r.More == nil:
		err = p.readOnePage(ctx, g)
	default:
		err = p.readPaged(ctx, g)
	}
	if err != nil {
		return Rows{}, err
	}
	for i := range g.out.Rows {
		delete(g.out.Rows[i], positionColumn)
	}
	g.out.Parts = g.parts && p.traffic.mark() > g.start
	if err := p.lookBeside(ctx, g); err != nil {
		return Rows{}, err
	}
	if r.Table.Table.Witness != nil {
		if err := p.confront(ctx, g); err != nil {
			return Rows{}, err
		}
	}
	return g.out, nil
}

// readHere reads the page that is shown: the one who is sought may be on it.
func (p *Page) readHere(ctx context.Context, g *gathering) error {
	a, err := p.rowsOnce(ctx, "rows", g.r, map[string]any{})
	if err == nil {
		err = g.add(a, onePage)
	}
	if err == nil && !g.enough() {
		g.out.Proof = "the one who was sought is not on the page on which they stood"
	}
	return err
}

// readOnePage reads a table that should have one page, and makes sure that nothing more comes when its end is seen.
func (p *Page) readOnePage(ctx context.Context, g *gathering) error {
	a, err := p.rowsOnce(ctx, "rows", g.r, map[string]any{})
	if err != nil {
		return err
	}
	if err := g.add(a, wholePage); err != nil || g.enough() {
		return err
	}
	return p.readToBottom(ctx, g, a)
}

func (p *Page) readScrolled(ctx context.Context, g *gathering) error {
	a, err := p.scrolled(ctx, g, 0)
	if err != nil || g.enough() {
		return err
	}
	return p.readToBottom(ctx, g, a)
}

func (p *Page) scrolled(ctx context.Context, g *gathering, from float64) (rowsAnswer, error) {
	req := map[string]any{"from": from, "limit": scrollChunk, "late": g.late, "watch": max(0, watchedScreens-g.watched)}
	if g.r.Sought != nil {
		req["until"] = g.r.Sought.Key
	}
	a, err := p.rowsOnce(ctx, "scroll", g.r, req)
	if err != nil {
		return a, err
	}
	g.late, g.watched = g.late || a.Late, g.watched+a.Watched
	err = g.add(a, stretch)
	g.parts = g.parts || len(g.out.Rows) > a.Drawn
	return a, err
}

// atBottom is how long more rows may take to be asked for at the bottom of a list. A list that is known to go on is
// given longer.
const (
	atBottom   = time.Second
	lateBottom = 3 * time.Second
)

// readToBottom goes on from a stretch until the bottom is reached and, with nothing more under way, still is the
// bottom.
func (p *Page) readToBottom(ctx context.Context, g *gathering, a rowsAnswer) error {
	for {
		var err error
		if g.r.Scroll && !a.Bottom {
			if a, err = p.scrolled(ctx, g, a.Pos); err != nil || g.enough() {
				return err
			}
			continue
		}
		proved, err := p.endIsKnown(ctx, g)
		if err != nil {
			return err
		}
		if proved {
			g.known = true
			g.prove("the list was read to its bottom", true)
			return nil
		}
		rows, height := len(g.out.Rows), a.Height
		quiet := false
		if a, quiet, err = p.lookAgain(ctx, g, a); err != nil {
			return err
		}
		if len(g.out.Rows) > rows || height > 0 && a.Height > height {
			continue
		}
		if !quiet {
			g.moved = "at the end of the list the page was still asking for more"
		}
		g.prove("the list was read to its bottom, and nothing more came", true)
		return nil
	}
}

// endIsKnown says that what was read is all there is by the word of a counter that counts more than what is drawn,
// or of the server's answers. Of a list that draws only what is in view the counter may count what was fetched so
// far.
func (p *Page) endIsKnown(ctx context.Context, g *gathering) (bool, error) {
	if g.larger && g.agrees() && !g.r.Scroll {
		return true, nil
	}
	w := g.r.Table.Table.Witness
	if w == nil {
		return false, nil
	}
	t, err := p.testify(ctx, w)
	return t.total != nil && g.numbers(*t.total), err
}

// lookAgain waits at the bottom of a list until nothing more is under way, and reads what is there then.
func (p *Page) lookAgain(ctx context.Context, g *gathering, a rowsAnswer) (rowsAnswer, bool, error) {
	const end = 1 << 30 // pixels: beyond every bottom
	patience, mark := atBottom, p.traffic.mark()
	if g.total != nil && !g.agrees() {
		patience = lateBottom
	}
	if !g.r.Scroll {
		var err error
		if a, err = p.scrolled(ctx, g, end); err != nil {
			return a, false, err
		}
	}
	quiet, err := p.rest(ctx, quest{open: g.start, late: true, ended: mark, begin: patience}, g.r.Bound)
	if err != nil {
		return a, false, err
	}
	a, err = p.scrolled(ctx, g, a.Pos)
	return a, quiet, err
}

// rowsOnce reads one page or one stretch. While documents replace one another it looks again.
func (p *Page) rowsOnce(ctx context.Context, handler string, r Reading, req map[string]any) (rowsAnswer, error) {
	ctx, cancel := patient(ctx, r.Bound)
	defer cancel()
	req["table"], req["counter"], req["filters"] = r.Table, r.Counter, r.Filters
	if !r.looked {
		req["counterWait"] = min(counterBound, r.Bound/2).Milliseconds()
	}
	var last *Error
	for {
		var a rowsAnswer
		req["wait"] = remaining(ctx, lookSlice).Milliseconds()
		err := p.look(ctx, handler, req, &a)
		switch {
		case err == nil && a.Miss == nil:
			return a, nil
		case err == nil:
			last = p.missError("read rows of", r.Table.Name, a.Miss)
			if a.Miss.Kind == "ambiguous" {
				return a, last
			}
		case ctx.Err() == nil:
			return a, err
		}
		if e := p.broken([]*selectors.Target{r.Table}); e != nil {
			return a, e
		}
		if Over(ctx) {
			if last == nil {
				last = &Error{Act: "read rows of", Target: r.Table.Name, Kind: ErrMissing, Last: "nothing could be looked at", Cause: err}
			}
			last.Waited, last.Want = r.Bound.String(), "there, at rest and read"
			return a, last
		}
	}
}

// FindRow brings the row with a key onto the page, turning pages or scrolling from where the table is now. It returns
// false when the table's end came first.
func (p *Page) FindRow(ctx context.Context, r Reading, key string) (bool, error) {
	if r.Scroll {
		return p.findScrolling(ctx, r, key)
	}
	start, mark, since := p.traffic.mark(), "", 0
	for {
		a, err := p.nextPage(ctx, r, r.Next, mark, since)
		hits := a.withKey(r, key)
		if err == nil && hits == 0 && r.Next != nil && a.Next != "visible" { // it may be closed while rows are on their way
			if _, err = p.rest(ctx, quest{open: start, late: true, ended: p.traffic.mark(), begin: nextBound}, r.Bound); err == nil {
				a, err = p.rowsOnce(ctx, "rows", r, map[string]any{"next": r.Next})
			}
			hits = a.withKey(r, key)
		}
		switch {
		case err != nil:
			return false, err
		case hits > 1:
			return false, &Error{Act: "find a row of", Target: r.Table.Name, Kind: ErrAmbiguous, Page: WithoutQuery(p.URL()),
				Last: fmt.Sprintf("%d rows have %s %q", hits, r.Table.Table.Key, key)}
		case hits == 1 || r.Next == nil || a.Next != "visible":
			return hits == 1, nil
		}
		mark, since = a.Mark, p.traffic.mark()
		if err := p.Click(ctx, Press{Target: r.Next, Bound: r.Bound}); err != nil {
			return false, err
		}
	}
}

// withKey counts the rows with a key.
func (a rowsAnswer) withKey(r Reading, key string) (hits int) {
	for _, row := range a.Rows {
		for i, n := range a.Names {
			if n == r.Table.Table.Key && row.Cells[i] != nil && SameText(*row.Cells[i], key, r.Table.Table.Fold) {
				hits++
			}
		}
	}
	return hits
}

// findScrolling scrolls to the row with a key, a stretch at a time: r.Bound is for each stretch, and a list may be
// of any length. A list may grow when its bottom is reached, and draw further up what came late: before it is said
// to be without the row, it has been looked through once more from its top, and has not grown then, nor at its
// bottom.
func (p *Page) findScrolling(ctx context.Context, r Reading, key string) (bool, error) {
	start, from, height, looks := p.traffic.mark(), 0.0, -1.0, 0
	for {
		res, err := p.reveal(ctx, r, key, from)
		switch {
		case err != nil:
			return false, err
		case res.Found:
			return true, nil
		case res.More:
			from = res.Pos
		case res.Height > height:
			from, height, looks = res.Pos, res.Height, 0
			err = p.grows(ctx, r, start, atBottom)
		case looks == 0:
			from, looks = 0, 1
		case looks == 1:
			from, looks = res.Pos, 2
			err = p.grows(ctx, r, start, lateBottom)
		default:
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// grows waits at the bottom of a list until nothing more is under way; most is how long a request may take to begin.
func (p *Page) grows(ctx context.Context, r Reading, start int, most time.Duration) error {
	q := quest{open: start, late: true, ended: p.traffic.mark(), begin: most}
	_, err := p.rest(ctx, q, remaining(ctx, r.Bound))
	return err
}

// revealed is how far a stretch of a list was looked through.
type revealed struct {
	Found  bool    `json:"found"`
	More   bool    `json:"more"` // the list goes on at Pos
	Pos    float64 `json:"pos"`
	Height float64 `json:"height"`
	Miss   *miss   `json:"miss"`
}

// reveal looks through a stretch of a list that draws only what is in view. One that does not come to rest is
// looked at again until the bound.
func (p *Page) reveal(ctx context.Context, r Reading, key string, from float64) (revealed, error) {
	ctx, cancel := patient(ctx, r.Bound)
	defer cancel()
	for {
		var res revealed
		wait := remaining(ctx, lookSlice)
		req := map[string]any{"table": r.Table, "equals": key, "from": from, "wait": wait.Milliseconds()}
		if err := p.look(ctx, "reveal", req, &res); err != nil {
			return res, err
		}
		if res.Miss == nil && (!res.More || res.Pos > from) {
			return res, nil
		}
		e := &Error{Act: "find a row of", Target: r.Table.Name, Kind: ErrNotActionable, Last: "it cannot be scrolled on", Page: WithoutQuery(p.URL())}
		if res.Miss != nil {
			e = p.missError(e.Act, r.Table.Name, res.Miss)
		}
		if final(e.Kind) || Over(ctx) {
			return res, e
		}
	}
}

// SameText compares as the injected script does: to the letter, white space folded, the case of ASCII letters if asked.
func SameText(a, b string, fold bool) bool {
	if a, b = spaced(a), spaced(b); fold {
		a, b = selectors.FoldCase(a), selectors.FoldCase(b)
	}
	return a == b
}

func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }
