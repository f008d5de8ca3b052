package automation

import (
	"context"

	"github.com/billagent/billagent/selectors"
	"github.com/go-rod/rod/lib/proto"
)

// strip is a part of a page, of its whole width: CSS pixels from the top of the document.
type strip struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// besides is how much of the list is shown above and below a row: a row or two.
const besides = 60

func (s strip) wider() strip { return strip{max(0, s.From-besides), s.To + besides} }

// clip is what the browser is asked to picture.
func (s strip) clip() *proto.PageViewport {
	return &proto.PageViewport{Y: s.From, Width: viewportWidth, Height: s.To - s.From, Scale: 1}
}

// headMost is how far down a row may end to be shown in one picture with the page from its top.
const headMost = viewportHeight / 2

// RowPictures keeps what shows that somebody is on a list, and as what: the row with a key, brought into view, and the
// page from its top to the list's headers, which say whose console it is and what the columns are. A row further down
// has a picture of its own beside name-head. Where the row is not there the whole of what is shown is kept.
func (e *Evidence) RowPictures(ctx context.Context, p *Page, name string, table *selectors.Target, key string) error {
	if e == nil {
		return nil
	}
	var at struct {
		Row  strip  `json:"row"`
		Head *strip `json:"head"`
		Miss *miss  `json:"miss"`
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), evidenceBound)
	defer cancel()
	if err := p.look(bounded, "showRow", map[string]any{"table": table, "equals": key}, &at); err != nil {
		return err
	}
	row := at.Row.wider()
	if at.Miss != nil {
		_, err := e.Picture(ctx, p, name)
		return err
	}
	if at.Head != nil && at.Head.To > 0 && at.Head.To <= at.Row.From && row.To <= headMost {
		_, err := e.picture(ctx, p, name, &strip{0, row.To})
		return err
	}
	if _, err := e.picture(ctx, p, name, &row); err != nil {
		return err
	}
	if err := p.look(bounded, "showHead", map[string]any{"table": table}, &at); err != nil {
		return err
	}
	if at.Miss != nil || at.Head == nil || at.Head.To <= 0 || at.Head.To > viewportHeight {
		_, err := e.Picture(ctx, p, name+"-head") // what is at the top is not known
		return err
	}
	_, err := e.picture(ctx, p, name+"-head", at.Head)
	return err
}
