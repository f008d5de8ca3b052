package automation

import (
	"fmt"
	"strings"
)

// gathering collects rows by key and notices when the table changes under it.
type gathering struct {
	r       Reading
	out     Rows
	seen    map[string]int // identity of a row to its position in out
	keyed   int            // rows whose key could be read
	likely  int            // rows without one that are filled as a row of the list is
	total   *int
	larger  bool   // the counter was once larger than the rows then in the document: it does not merely count them
	ranged  bool   // the counter says which rows are shown of how many, which may still be of those that have come so far
	moved   string // why what was read does not hang together
	start   int    // number of the page's latest request when reading began
	known   bool   // a counter that counts more than is drawn, or the server, says that this is all
	parts   bool   // more was read than was in the document at first
	paged   bool   // it is shown a page at a time
	late    bool   // its cells come later than its rows
	watched int    // screens that were watched for that
	begun   bool   // what leads back to an earlier page was seen to lead nowhere

	filters []string // how the filters were last seen
	asked   int      // rows of which it was asked whether they are the one that is sought
}

// looked says what one look took in.
type looked int

const (
	onePage   looked = iota // a page: whoever was on one before is seen twice
	wholePage               // everything so far, again
	stretch                 // part of a list that draws what is in view: rows overlap
)

func newGathering(r Reading, start int) *gathering {
	g := &gathering{r: r, start: start, seen: map[string]int{}}
	g.out.Columns, g.out.Notices, g.out.Unread = r.Table.Table.Columns, map[int]string{}, map[int]string{}
	return g
}

// oddKey begins a key that the injected script could not make out.
const oddKey = "\x00"

// add takes in one look.
func (g *gathering) add(a rowsAnswer, kind looked) error {
	if err := g.filtered(a.Filters); err != nil {
		return err
	}
	if g.out.Pages == 0 {
		g.out.At = a.Address
	}
	g.out.Pages++
	g.r.looked = true
	g.counts(a)
	known := len(g.out.Rows)
	twins := map[string]int{}
	for _, got := range a.Rows {
		row := make(map[string]string, len(got.Cells))
		for i, c := range got.Cells {
			if c != nil {
				row[a.Names[i]] = *c
			}
		}
		g.addRow(row, got, kind, twins)
	}
	for kind == onePage && len(g.out.Places) < len(g.out.Rows) {
		g.out.Places = append(g.out.Places, a.Address)
	}
	if g.r.Limit > 0 && len(g.out.Rows) > g.r.Limit {
		return g.incomplete("more than %d rows", g.r.Limit)
	}
	if g.r.Progress != nil {
		g.r.Progress(len(g.out.Rows))
	}
	for ; g.r.Each != nil && known < len(g.out.Rows); known++ {
		g.r.Each(g.out, known)
	}
	return nil
}

// enough says that one of the rows read since it was asked last is the one that is sought.
func (g *gathering) enough() bool {
	for ; g.r.Sought != nil && g.asked < len(g.out.Rows); g.asked++ {
		if g.r.Sought.Proves(g.out, g.asked) {
			g.out.Stopped, g.out.Proof = true, "it was read up to the one who was sought"
			return true
		}
	}
	return false
}

func (g *gathering) incomplete(why string, about ...any) error {
	return &Error{Act: "read rows of", Target: g.r.Table.Name, Kind: ErrIncomplete, Last: fmt.Sprintf(why, about...)}
}

// addRow takes in one row, unless it is one seen before. twins counts the rows of a look that are told apart by nothing
// but their order.
func (g *gathering) addRow(row map[string]string, got rowAnswer, kind looked, twins map[string]int) {
	name := g.r.Table.Table.Key
	key, unread := row[name], ""
	if strings.HasPrefix(key, oddKey) {
		key, unread = "", strings.TrimPrefix(key, oddKey)
		delete(row, name)
	}
	row[positionColumn] = got.At
	identity := key
	if key == "" {
		identity = oddKey + fmt.Sprint(row) + oddKey + unread
		if kind == onePage {
			identity = fmt.Sprint(g.out.Pages) + identity
		}
	}
	if kind != stretch || key == "" {
		twins[identity]++
	}
	identity = fmt.Sprint(identity, oddKey, max(1, twins[identity]))
	if at, ok := g.seen[identity]; ok {
		if kind == onePage {
			g.moved = fmt.Sprintf("%q was read twice: rows moved between pages", key)
		}
		if kind != stretch || !g.anotherPerson(at, row) {
			return
		}
		identity += oddKey + got.At
		if _, ok := g.seen[identity]; ok {
			return
		}
	}
	at := len(g.out.Rows)
	g.seen[identity] = at
	g.out.Rows = append(g.out.Rows, row)
	switch {
	case key != "":
		g.keyed++
	case filled(row)*2 >= len(g.r.Table.Table.Columns):
		g.likely++
	}
	if unread != "" {
		g.out.Unread[at] = unread
	}
	switch {
	case got.Odd != "":
		g.out.Notices[at] = got.Odd
	case key == "":
		g.out.Notices[at] = "it shows no " + strings.ReplaceAll(name, "email", "e-mail")
	}
}

// positionColumn holds which row of the list a row says it is (aria-rowindex), while the list is read.
const positionColumn = "\x00at"

// anotherPerson says that a row with a key seen before is a second one that has the same key: it stands elsewhere
// in the list and differs in something else. A row that is merely drawn again does neither.
func (g *gathering) anotherPerson(at int, row map[string]string) bool {
	first := g.out.Rows[at]
	if row[positionColumn] == "" || first[positionColumn] == row[positionColumn] {
		return false
	}
	for name, text := range row {
		if name != positionColumn && first[name] != text {
			return true
		}
	}
	return false
}

// filtered holds the filters as they are now against what they should be. Before the first row they must all be
// there and hold; afterwards one that is not shown on a page is passed over until the end.
func (g *gathering) filtered(now []string) error {
	for i, state := range now {
		name := g.r.Filters[i].Target.Name
		switch {
		case state == "holds":
		case g.out.Pages == 0:
			return g.incomplete("the filter %q is not as it should be: %s", name, state)
		case state != "absent":
			g.moved = fmt.Sprintf("the filter %q did not stay as it should be: %s", name, state)
		}
	}
	g.filters = now
	return nil
}

// counts takes in what the counter says.
func (g *gathering) counts(a rowsAnswer) {
	if a.Count == nil || g.r.Counter == nil {
		return
	}
	n, ok := total(g.r.Counter, *a.Count)
	if !ok {
		return
	}
	if g.total != nil && *g.total != n {
		g.moved = fmt.Sprintf("the counter went from %d to %d while the table was read", *g.total, n)
	}
	g.total = &n
	g.larger = g.larger || n > a.Drawn
	g.ranged = g.ranged || ranged(*a.Count)
}

// filled is how many cells of a row say something.
func filled(row map[string]string) int {
	n := 0
	for name, text := range row {
		if name != positionColumn && text != "" {
			n++
		}
	}
	return n
}

// agrees says that the counter says what was read.
func (g *gathering) agrees() bool { return g.total != nil && g.numbers(*g.total) }

// numbers says that as many rows were read. A row without a key may count if it is filled as others are; a line of
// totals or a heading must not stand in for somebody who is missing.
func (g *gathering) numbers(n int) bool { return n == g.keyed || n == g.keyed+g.likely }

// prove judges the end that was reached. ended says that it is the end whatever the counter says.
func (g *gathering) prove(how string, ended bool) {
	g.out.Proof = how
	for i, state := range g.filters {
		if state != "holds" && g.moved == "" {
			g.moved = fmt.Sprintf("at the end the filter %q is %s", g.r.Filters[i].Target.Name, state)
		}
	}
	switch {
	case g.moved != "":
		g.out.Proof = g.moved
	case g.total != nil && !g.agrees():
		g.out.Proof = fmt.Sprintf("%d rows were read, the counter says %d", len(g.out.Rows), *g.total)
	case g.total == nil && g.r.Counter != nil:
		g.out.Proof = "the counter could not be read"
	case g.paged && g.total == nil && !g.begun:
		g.out.Proof = how + ", and nothing shows that it began with the first page"
	case !ended && g.total == nil:
		g.out.Proof = how + ", which alone proves no end"
	case !ended && !g.larger && !g.ranged:
		g.out.Proof = how + ", and the counter was never larger than the rows drawn: it may merely count them"
	default:
		g.out.Complete = true
		if g.total != nil {
			g.out.Proof += fmt.Sprintf("; the counter says %d", *g.total)
		}
	}
}
