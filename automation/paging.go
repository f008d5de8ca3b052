package automation

import (
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/selectors"
)

func (p *Page) readPaged(ctx context.Context, g *gathering) error {
	forward, kind := g.r.Next, onePage
	if forward == nil {
		forward, kind = g.r.More, wholePage
	}
	g.paged = kind == onePage
	if err := p.turnBack(ctx, g); err != nil {
		return err
	}
	mark, since := "", 0
	for {
		a, err := p.nextPage(ctx, g.r, forward, mark, since)
		if err != nil {
			return err
		}
		if err := g.add(a, kind); err != nil || g.enough() {
			return err
		}
		if a.Next != "visible" && !(g.larger && g.agrees()) {
			if a, err = p.stillLast(ctx, g, forward, a, kind); err != nil {
				return err
			}
		}
		switch {
		case a.Next == "disabled" || a.Next == "absent" || a.Next == "hidden":
			g.prove(fmt.Sprintf("%q is %s", forward.Name, a.Next), a.Next == "disabled" && kind == onePage)
			return nil
		case a.Next != "visible":
			last := fmt.Sprintf("%s is %s %s", forward.Name, a.Next, a.NextDetail)
			return &Error{Act: "read rows of", Target: g.r.Table.Name, Kind: ErrAmbiguous, Last: last, Page: WithoutQuery(p.URL())}
		}
		mark, since, g.parts = a.Mark, p.traffic.mark(), true
		if err := p.Click(ctx, Press{Target: forward, Bound: g.r.Bound}); err != nil {
			return err
		}
		if kind == onePage && g.larger && g.agrees() {
			if same, err := p.sameAgain(ctx, g, forward, mark); err != nil || same {
				return err
			}
		}
	}
}

// nextPage reads the page that comes after the one with a mark; since is the number of the latest request before it was
// asked for. What a page shows while it is fetched, such as grey bars or a row that always stands first, is no page: what
// was asked for is answered first. A page without any row is on its way, too.
func (p *Page) nextPage(ctx context.Context, r Reading, forward *selectors.Target, mark string, since int) (rowsAnswer, error) {
	a, err := p.rowsOnce(ctx, "rows", r, map[string]any{"unlike": mark, "next": forward})
	if err != nil || mark == "" {
		return a, err
	}
	if waited, err := p.awaitAnswers(ctx, since, min(r.Bound, pollAge)); err != nil {
		return a, err
	} else if waited {
		if a, err = p.rowsOnce(ctx, "rows", r, map[string]any{"next": forward}); err != nil {
			return a, err
		}
	}
	if len(a.Rows) > 0 {
		return a, nil
	}
	if a, err = p.rowsOnce(ctx, "rows", r, map[string]any{"unlike": a.Mark, "next": forward}); err != nil {
		return a, &Error{Act: "read rows of", Target: r.Table.Name, Kind: ErrIncomplete, Cause: err, Page: WithoutQuery(p.URL()),
			Last: "a page of it came without any row"}
	}
	return a, nil
}

// awaitAnswers waits until no request after a mark is under way, and says whether one was. One that takes longer than bound
// is taken for one that waits for news.
func (p *Page) awaitAnswers(ctx context.Context, since int, bound time.Duration) (waited bool, err error) {
	for end := time.Now().Add(bound); time.Now().Before(end); waited = true {
		open, _, _, changed := p.traffic.look(quest{open: since})
		if open == 0 {
			return waited, nil
		}
		if err := p.idle(ctx, changed, time.Until(end)); err != nil {
			return waited, err
		}
	}
	return waited, nil
}

// turnBack goes to the first page of a list: a console may remember the page that was shown last.
func (p *Page) turnBack(ctx context.Context, g *gathering) error {
	if g.r.Previous == nil {
		return nil
	}
	mark := ""
	for range mostPages {
		a, err := p.rowsOnce(ctx, "rows", g.r, map[string]any{"unlike": mark, "previous": g.r.Previous})
		if err != nil {
			return err
		}
		if a.Previous != "visible" {
			g.begun = a.Previous == "disabled" || a.Previous == "absent" || a.Previous == "hidden"
			return nil
		}
		mark = a.Mark
		if err := p.Click(ctx, Press{Target: g.r.Previous, Bound: g.r.Bound}); err != nil {
			return err
		}
	}
	return g.incomplete("its first page was not reached by turning back %d times", mostPages)
}

// mostPages bounds how often a list is turned back: a list of 50,000 rows in pages of 50.
const mostPages = 1000

// againBound is how long another page may take to come where the counter says that all have been seen.
const againBound = 3 * time.Second

// sameAgain ends a list whose counter says that everybody has been read and whose way on leads to the same page again.
func (p *Page) sameAgain(ctx context.Context, g *gathering, forward *selectors.Target, mark string) (bool, error) {
	r := g.r
	r.Bound = min(r.Bound, againBound)
	a, err := p.rowsOnce(ctx, "rows", r, map[string]any{})
	if err != nil {
		return false, err
	}
	if a.Mark != mark {
		return false, nil
	}
	g.prove(fmt.Sprintf("%q leads to the same page again", forward.Name), true)
	return true, nil
}

// nextBound is how long the way to the next page may take to be opened once the rows are there: it may be closed
// while they are on their way. It is waited for only where nothing but the rows themselves says how many there are.
const nextBound = 2 * time.Second

// stillLast looks again at a page that seems to be the last, when nothing more is under way.
func (p *Page) stillLast(ctx context.Context, g *gathering, forward *selectors.Target, a rowsAnswer, kind looked) (rowsAnswer, error) {
	if _, err := p.rest(ctx, quest{open: g.start, late: true, ended: p.traffic.mark(), begin: nextBound}, g.r.Bound); err != nil {
		return a, err
	}
	again, err := p.rowsOnce(ctx, "rows", g.r, map[string]any{"next": forward})
	if err != nil {
		return again, err
	}
	if again.Mark != a.Mark && kind == wholePage {
		return again, g.add(again, kind)
	}
	if again.Mark != a.Mark {
		g.moved = "the page changed while its end was looked for"
	} else if g.out.Pages == 1 {
		g.total = nil // a counter may come later than the rows, and say something of an earlier look until then
	}
	g.counts(again)
	return again, g.filtered(again.Filters)
}
