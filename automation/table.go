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
	Counter  *selectors.Target // says how many rows there are in all; its last number counts
	Next     *selectors.Target // leads to the next page; disabled or absent on the last one
	More     *selectors.Target // adds rows to the same page; absent when there are no more
	Scroll   bool              // the table draws only what is in view
	Limit    int               // give up beyond this many rows
	Bound    time.Duration     // for each page or viewport
	Progress func(rows int)
}

// Rows is what was read of a table.
type Rows struct {
	Rows     []map[string]string // column name to text; a column without a cell is absent
	Columns  map[string]selectors.Column
	Complete bool   // the end was proved
	Proof    string // what proved it, or why it could not be proved
	Pages    int
}

type rowsAnswer struct {
	Names      []string    `json:"names"`
	Rows       [][]*string `json:"rows"`
	Mark       string      `json:"mark"`
	Total      *int        `json:"total"`
	Next       string      `json:"next"`
	NextDetail string      `json:"nextDetail"`
	Pos        float64     `json:"pos"`
	Bottom     bool        `json:"bottom"`
	Miss       *miss       `json:"miss"`
}

// scrollChunk is how many rows one evaluate gathers of a list that draws only what is in view.
const scrollChunk = 200

// ReadTable reads every row of a table, page by page, in one evaluate each. A table that changed while it was read
// gives Complete false: its caller opens it afresh and reads it again.
func (p *Page) ReadTable(ctx context.Context, r Reading) (Rows, error) {
	g := &gathering{r: r, seen: map[string]bool{}}
	g.out.Columns = r.Table.Table.Columns
	var err error
	if r.Scroll {
		err = p.readScrolled(ctx, g)
	} else {
		err = p.readPaged(ctx, g)
	}
	if err != nil {
		return Rows{}, err
	}
	return g.out, nil
}

// gathering collects rows by key and notices when the table changes under it.
type gathering struct {
	r     Reading
	out   Rows
	seen  map[string]bool
	total *int
	moved string // why what was read does not hang together
}

func (g *gathering) add(a rowsAnswer, repeats bool) error {
	g.out.Pages++
	if a.Total != nil {
		if g.total != nil && *g.total != *a.Total {
			g.moved = fmt.Sprintf("the counter went from %d to %d while the table was read", *g.total, *a.Total)
		}
		g.total = a.Total
	}
	spec := g.r.Table.Table
	for _, cells := range a.Rows {
		row := make(map[string]string, len(cells))
		for i, c := range cells {
			if c != nil {
				row[a.Names[i]] = *c
			}
		}
		key := row[spec.Key]
		if g.seen[key] {
			if !repeats {
				g.moved = fmt.Sprintf("%q was read twice: rows moved between pages", key)
			}
			continue
		}
		g.seen[key] = true
		g.out.Rows = append(g.out.Rows, row)
	}
	if g.r.Limit > 0 && len(g.out.Rows) > g.r.Limit {
		return &Error{Act: "read rows of", Target: g.r.Table.Name, Kind: ErrIncomplete, Last: fmt.Sprintf("more than %d rows", g.r.Limit)}
	}
	if g.r.Progress != nil {
		g.r.Progress(len(g.out.Rows))
	}
	return nil
}

// prove judges the end that was reached.
func (g *gathering) prove(how string) {
	g.out.Proof = how
	switch {
	case g.moved != "":
		g.out.Proof = g.moved
	case g.total != nil && *g.total != len(g.out.Rows):
		g.out.Proof = fmt.Sprintf("%d rows were read, the counter says %d", len(g.out.Rows), *g.total)
	case g.total == nil && g.r.Counter != nil:
		g.out.Proof = "the counter could not be read"
	default:
		g.out.Complete = true
		if g.total != nil {
			g.out.Proof += fmt.Sprintf("; the counter says %d", *g.total)
		}
	}
}

func (p *Page) readPaged(ctx context.Context, g *gathering) error {
	mark := ""
	for {
		forward := g.r.Next
		if forward == nil {
			forward = g.r.More
		}
		a, err := p.rowsOnce(ctx, "rows", g.r, map[string]any{"unlike": mark, "next": forward})
		if err != nil {
			return err
		}
		if err := g.add(a, g.r.More != nil); err != nil {
			return err
		}
		switch {
		case forward == nil:
			g.prove("the table has one page")
			return nil
		case a.Next == "disabled" && g.r.Next != nil:
			g.prove("the next page is disabled")
			return nil
		case a.Next == "absent" || a.Next == "hidden" || a.Next == "disabled":
			if g.total == nil {
				g.moved = fmt.Sprintf("%q is %s, which alone proves no end", forward.Name, a.Next)
			}
			g.prove("there is no next page")
			return nil
		case a.Next != "visible":
			return &Error{Act: "read rows of", Target: g.r.Table.Name, Kind: ErrAmbiguous, Last: fmt.Sprintf("%s is %s %s", forward.Name, a.Next, a.NextDetail), Page: WithoutQuery(p.URL())}
		}
		mark = a.Mark
		if err := p.Click(ctx, Press{Target: forward, Bound: g.r.Bound}); err != nil {
			return err
		}
	}
}

func (p *Page) readScrolled(ctx context.Context, g *gathering) error {
	from := 0.0
	for {
		a, err := p.rowsOnce(ctx, "scroll", g.r, map[string]any{"from": from, "limit": scrollChunk})
		if err != nil {
			return err
		}
		if err := g.add(a, true); err != nil {
			return err
		}
		if a.Bottom {
			g.prove("the list was scrolled to its bottom")
			return nil
		}
		from = a.Pos
	}
}

// rowsOnce reads one page or one stretch. While documents replace one another it looks again.
func (p *Page) rowsOnce(ctx context.Context, door string, r Reading, req map[string]any) (rowsAnswer, error) {
	ctx, cancel := patient(ctx, r.Bound)
	defer cancel()
	req["table"], req["counter"] = r.Table, r.Counter
	var last *Error
	for {
		var a rowsAnswer
		req["wait"] = remaining(ctx, lookSlice).Milliseconds()
		err := p.look(ctx, door, req, &a)
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
		if over(ctx) {
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
		var res struct {
			Found bool  `json:"found"`
			Miss  *miss `json:"miss"`
		}
		ctx, cancel := patient(ctx, r.Bound)
		defer cancel()
		if err := p.look(ctx, "reveal", map[string]any{"table": r.Table, "equals": key, "wait": remaining(ctx, r.Bound).Milliseconds()}, &res); err != nil {
			return false, err
		}
		if res.Miss != nil {
			return false, p.missError("find a row of", r.Table.Name, res.Miss)
		}
		return res.Found, nil
	}
	mark := ""
	for {
		a, err := p.rowsOnce(ctx, "rows", r, map[string]any{"unlike": mark, "next": r.Next})
		if err != nil {
			return false, err
		}
		hits := 0
		for _, row := range a.Rows {
			for i, n := range a.Names {
				if n == r.Table.Table.Key && row[i] != nil && sameKey(*row[i], key, r.Table.Table.Fold) {
					hits++
				}
			}
		}
		if hits > 1 {
			return false, &Error{Act: "find a row of", Target: r.Table.Name, Kind: ErrAmbiguous, Last: fmt.Sprintf("%d rows have %s %q", hits, r.Table.Table.Key, key), Page: WithoutQuery(p.URL())}
		}
		if hits == 1 || r.Next == nil || a.Next != "visible" {
			return hits == 1, nil
		}
		mark = a.Mark
		if err := p.Click(ctx, Press{Target: r.Next, Bound: r.Bound}); err != nil {
			return false, err
		}
	}
}

// sameKey compares as the injected script does: to the letter, white space folded, the case of ASCII letters if asked.
func sameKey(a, b string, fold bool) bool {
	if a, b = spaced(a), spaced(b); fold {
		a, b = strings.Map(lower, a), strings.Map(lower, b)
	}
	return a == b
}

func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
