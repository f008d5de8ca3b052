package automation

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/billagent/billagent/selectors"
	"github.com/go-rod/rod/lib/proto"
)

// maxBody bounds one answer that is read as a witness's, in bytes: some 30,000 people.
const maxBody = 16 << 20

// Witnesses says whether an address is one whose answers a witness reads.
func Witnesses(w *selectors.Witness, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if ok, err := regexp.MatchString(w.Path, u.Path); err != nil || !ok {
		return false
	}
	for name, value := range w.Query {
		if u.Query().Get(name) != value {
			return false
		}
	}
	return true
}

// testimony is what the server answered beside what the page drew of it.
type testimony struct {
	answers int
	rows    []map[string]string
	total   *int
}

// testify reads the answers of the document shown that are the witness's, the latest for each address.
func (p *Page) testify(ctx context.Context, w *selectors.Witness) (testimony, error) {
	p.traffic.mu.Lock()
	answers := slices.Clone(p.traffic.answers)
	p.traffic.mu.Unlock()
	var out testimony
	last := map[string]proto.NetworkRequestID{}
	answers = slices.DeleteFunc(answers, func(a *exchange) bool { return !Witnesses(w, a.address) })
	for _, a := range answers {
		last[a.address] = a.id
	}
	for _, a := range answers {
		if last[a.address] != a.id {
			continue
		}
		res, err := proto.NetworkGetResponseBody{RequestID: a.id}.Call(p.scope(ctx))
		if err != nil {
			if ctx.Err() != nil {
				return out, err
			}
			continue // the browser no longer holds it: what it said is missing
		}
		if len(res.Body) <= maxBody && !res.Base64Encoded {
			out.hear(w, res.Body)
		}
	}
	return out, nil
}

// hear takes in one answer. One of another form says nothing.
func (t *testimony) hear(w *selectors.Witness, body string) {
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var whole any
	if d.Decode(&whole) != nil {
		return
	}
	rows, ok := at(whole, w.Rows).([]any)
	if !ok {
		return
	}
	t.answers++
	for _, row := range rows {
		fields := map[string]string{}
		for field, path := range w.Fields {
			fields[field] = plainly(at(row, path))
		}
		t.rows = append(t.rows, fields)
	}
	if n, ok := at(whole, w.Total).(json.Number); ok && w.Total != "" {
		if total, err := n.Int64(); err == nil {
			whole := int(total)
			t.total = &whole
		}
	}
}

// at follows a path of names joined by points into decoded JSON; an empty path is the whole.
func at(v any, path string) any {
	if path == "" {
		return v
	}
	for _, name := range strings.Split(path, ".") {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[name]
	}
	return v
}

func plainly(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number, bool:
		return fmt.Sprint(v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// confront holds the rows drawn against the rows answered. Where they differ the row gets a notice, and where it is
// in what tells whom it is about and what they may do, the list is not complete.
func (p *Page) confront(ctx context.Context, g *gathering) error {
	w := g.r.Table.Table.Witness
	t, err := p.testify(ctx, w)
	if err != nil {
		return err
	}
	if t.answers == 0 {
		if !w.Optional {
			g.doubt("no answer of the server was seen in which the rows are")
		}
		return nil
	}
	left := t.rows
	for i := range g.out.Rows {
		shown, _ := g.out.Fields(i)
		n := slices.IndexFunc(left, func(said map[string]string) bool { return g.sameRow(shown, said) })
		if n < 0 {
			g.unlisted(i)
			continue
		}
		switch field, how := g.difference(shown, left[n]); {
		case how == "":
		case slices.Contains(telling, field) || field == g.r.Table.Table.Key:
			g.differs(i, how)
		default: // such as a name that is not taken apart as the server has it: it says nothing of anybody else
			g.note(i, how)
		}
		left = slices.Delete(slices.Clone(left), n, n+1)
	}
	if len(left) > 0 {
		g.doubt(fmt.Sprintf("the server's answers list %d more than was drawn, such as %q", len(left), left[0][g.r.Table.Table.Key]))
	}
	if t.total != nil && !g.numbers(*t.total) {
		g.doubt(fmt.Sprintf("%d rows were read, the server's answer says %d", len(g.out.Rows), *t.total))
	}
	if g.out.Complete {
		g.out.Proof += "; the server's answers agree"
	}
	return nil
}

// unlisted notes that a row is in no answer. One without a key may be none of the list's, such as a line of totals.
func (g *gathering) unlisted(i int) {
	if g.out.Rows[i][g.r.Table.Table.Key] != "" {
		g.differs(i, "the server's answer does not list it")
	}
}

// doubt takes back that a list is complete.
func (g *gathering) doubt(why string) {
	if g.out.Complete {
		g.out.Complete, g.out.Proof = false, why
	}
}

// telling are the fields by which it is decided what may be done to whom: where one of them is not as the server
// says, what was read may be stale, and nothing of it is relied on.
var telling = []string{"id", "role", "status"}

func (g *gathering) differs(i int, how string) {
	who := g.out.Rows[i][g.r.Table.Table.Key]
	if who == "" {
		who = g.out.Unread[i]
	}
	g.note(i, how)
	g.doubt(fmt.Sprintf("of %q: %s", who, how))
}

// note says why a row is not to be relied on.
func (g *gathering) note(i int, how string) {
	if was := g.out.Notices[i]; was != "" {
		how = was + "; " + how
	}
	g.out.Notices[i] = how
}

// sameRow says that a row drawn and one answered are about the same: by their ids where both have one, else by the key.
func (g *gathering) sameRow(shown, said map[string]string) bool {
	key := g.r.Table.Table.Key
	if shown["id"] != "" && said["id"] != "" {
		return shown["id"] == said["id"]
	}
	return shown[key] != "" && SameText(shown[key], said[key], g.r.Table.Table.Fold)
}

// difference says in which field that the page shows, too, the two differ: in the first of those that tell, else in
// any.
func (g *gathering) difference(shown, said map[string]string) (field, how string) {
	fields := slices.Sorted(maps.Keys(said))
	key := g.r.Table.Table.Key
	least := func(field string) bool { return field != key && !slices.Contains(telling, field) }
	fields = append(slices.DeleteFunc(slices.Clone(fields), least), slices.DeleteFunc(fields, func(f string) bool { return !least(f) })...)
	for _, field := range fields {
		text, ok := shown[field]
		if !ok {
			continue
		}
		same := g.meaning(field, text) == g.meaning(field, said[field])
		if field == key {
			same = SameText(text, said[field], g.r.Table.Table.Fold)
		}
		if !same {
			return field, fmt.Sprintf("its %s reads %q, the server's answer says %q", field, text, said[field])
		}
	}
	return "", ""
}

func (g *gathering) meaning(field, text string) string {
	if text = spaced(text); g.r.Meaning != nil {
		text = g.r.Meaning(field, text)
	}
	return text
}

// patterns are those of columns, compiled: of 10,000 rows each is asked for 10,000 times.
var patterns sync.Map

func compiled(pattern string) (*regexp.Regexp, error) {
	if form, ok := patterns.Load(pattern); ok {
		return form.(*regexp.Regexp), nil
	}
	form, err := regexp.Compile(pattern)
	if err == nil {
		patterns.Store(pattern, form)
	}
	return form, err
}

// Span is what a row shows from one group of a column's pattern to a later one, where no more than white space is between
// them; empty for none.
func (r Rows) Span(i int, from, to string) string {
	for name, text := range r.Rows[i] {
		form, err := compiled(r.Columns[name].Pattern)
		if err != nil {
			continue
		}
		at, first, last := form.FindStringSubmatchIndex(text), 2*form.SubexpIndex(from), 2*form.SubexpIndex(to)
		if at == nil || first < 0 || last < 0 || at[first] < 0 || at[last] < at[first+1] {
			continue
		}
		if strings.TrimSpace(text[at[first+1]:at[last]]) == "" {
			return text[at[first]:at[last+1]]
		}
	}
	return ""
}

// Fields are the columns of a row with those of a pattern taken apart into its groups. What does not match its
// pattern is left out and told.
func (r Rows) Fields(i int) (fields map[string]string, odd []string) {
	fields = make(map[string]string, len(r.Rows[i]))
	for _, name := range slices.Sorted(maps.Keys(r.Rows[i])) {
		text, pattern := r.Rows[i][name], r.Columns[name].Pattern
		if pattern == "" {
			fields[name] = text
			continue
		}
		form, err := compiled(pattern)
		if err != nil {
			odd = append(odd, err.Error())
			continue
		}
		m := form.FindStringSubmatch(text)
		if m == nil {
			odd = append(odd, fmt.Sprintf("its %s %q does not match %s", name, text, form))
			continue
		}
		for n, group := range form.SubexpNames() {
			if group != "" {
				fields[group] = strings.TrimSpace(m[n])
			}
		}
	}
	return fields, odd
}
