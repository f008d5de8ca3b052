package selectors

import (
	"fmt"
	"slices"
	"strings"
)

// Provenance says where a candidate comes from.
type Provenance string

// Standings of a candidate, best first.
const (
	Observed   Provenance = "observed"
	Documented Provenance = "documented"
	Recorded   Provenance = "recorded"
	Guessed    Provenance = "guessed"
)

// Candidate is one way to find a target: exactly one of its kinds is set, Name only beside Role.
type Candidate struct {
	TestID      string     `json:"testid,omitempty"`
	Label       string     `json:"label,omitempty"`
	Role        string     `json:"role,omitempty"`
	Name        string     `json:"name,omitempty"` // accessible name, exact after white space is folded
	Text        string     `json:"text,omitempty"`
	Placeholder string     `json:"placeholder,omitempty"`
	CSS         string     `json:"css,omitempty"`
	XPath       string     `json:"xpath,omitempty"`
	Provenance  Provenance `json:"provenance,omitempty"`
	Date        string     `json:"date,omitempty"`     // when it was recorded
	Evidence    string     `json:"evidence,omitempty"` // the folder of evidence of the look that recorded it
}

// String spells the candidate as it stands in a file.
func (c Candidate) String() string {
	var b []string
	for _, f := range []struct{ k, v string }{{"testid", c.TestID}, {"label", c.Label}, {"role", c.Role}, {"name", c.Name}, {"text", c.Text}, {"placeholder", c.Placeholder}, {"css", c.CSS}, {"xpath", c.XPath}} {
		if f.v != "" {
			b = append(b, f.k+"="+f.v)
		}
	}
	return strings.Join(b, " ")
}

// Target is a named thing on a page.
type Target struct {
	Name       string      `json:"name"`
	Candidates []Candidate `json:"candidates"`
	Within     *Target     `json:"within,omitempty"` // the target it lies in, or the frame whose document it is in
	Table      *Table      `json:"table,omitempty"`
	Counter    string      `json:"counter,omitempty"` // regular expression with the group total: how a counter says its number

	Fingerprint *Fingerprint `json:"-"` // what it looked like; nil where nobody has looked
}

// Table says how to read the rows of a target that is a list of things.
type Table struct {
	Rows    string            `json:"rows"`            // CSS, below the target
	Cells   string            `json:"cells,omitempty"` // CSS, below a row; used by columns found by their header
	Headers string            `json:"header_cells,omitempty"`
	Key     string            `json:"key"`            // the column that tells rows apart
	Fold    bool              `json:"fold,omitempty"` // compare keys without regard to case
	Columns map[string]Column `json:"columns"`
	Witness *Witness          `json:"witness,omitempty"` // the list's own answers beside the rows drawn
}

// Witness says in which answers of the server the rows of a table are, too, so that both can be held together.
type Witness struct {
	Path     string            `json:"path"`               // regular expression for the path of the request's address
	Query    map[string]string `json:"query,omitempty"`    // parameters that the address must have
	Rows     string            `json:"rows"`               // where the array is in the JSON, as in data.users; empty: it is the whole
	Total    string            `json:"total,omitempty"`    // where the number of all rows is
	Fields   map[string]string `json:"fields"`             // a column (or a group of its pattern): where it is in an element
	Optional bool              `json:"optional,omitempty"` // that no answer was seen proves nothing against the list
}

// Email is the kind of a Column whose cells are exactly one e-mail address, to the letter. A column named email
// that is read from a cell's text is of this kind unless its file says otherwise.
const Email = "email"

// Column says where a row's value is: below a header, or by candidates within the row.
type Column struct {
	Header     string      `json:"header,omitempty"`
	Candidates []Candidate `json:"candidates,omitempty"`
	Attr       string      `json:"attr,omitempty"`    // read this attribute instead of the text
	Hidden     bool        `json:"hidden,omitempty"`  // read text that styling hides, too
	Kind       string      `json:"kind,omitempty"`    // text or email
	Pattern    string      `json:"pattern,omitempty"` // regular expression whose named groups become columns of their own
}

// Fill returns the target with ${name} in its candidates replaced by values, which are used literally. A candidate that
// takes an empty value is left out, since it is not wanted: a target of which none is left is not there.
// It returns an error if a value cannot stand in a CSS or XPath expression.
func (t *Target) Fill(values map[string]string) (*Target, error) {
	out := *t
	out.Candidates = make([]Candidate, 0, len(t.Candidates))
	put := func(text string) string {
		return Expand(text, func(name string) (string, bool) { v, ok := values[name]; return v, ok })
	}
	empty := func(name string) bool { v, ok := values[name]; return ok && v == "" }
	for _, c := range t.Candidates {
		if slices.ContainsFunc(Placeholders(c.String()), empty) {
			continue
		}
		for _, name := range Placeholders(c.CSS + c.XPath) {
			if strings.ContainsAny(values[name], `"'\<>`+"\n\r\x00") {
				return nil, fmt.Errorf("target %q: the value of %s cannot be put into an expression", t.Name, name)
			}
		}
		for _, f := range []*string{&c.TestID, &c.Label, &c.Name, &c.Text, &c.Placeholder, &c.CSS, &c.XPath} {
			*f = put(*f)
		}
		out.Candidates = append(out.Candidates, c)
	}
	if t.Within != nil {
		w, err := t.Within.Fill(values)
		if err != nil {
			return nil, err
		}
		out.Within = w
	}
	return &out, nil
}
