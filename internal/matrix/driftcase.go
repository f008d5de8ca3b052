package main

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// mutation is one drift of one element of a layout's console.
type mutation struct {
	layout string
	drift  console.Drift
	seed   int64
}

func (m mutation) String() string {
	return m.layout + " " + m.drift.String()
}

// mutations chooses n drifts, the layouts by turns, and of each kind as many until it has no more. Where there are
// fewer, each is made again with the next seed, by which the words and the places differ.
func mutations(layouts []string, n int, seed int64) []mutation {
	all := make([][]mutation, len(layouts))
	for i, l := range layouts {
		for again := seed; len(all[i])*len(layouts) < n+len(layouts); again++ {
			all[i] = append(all[i], mixed(l, again)...)
		}
	}
	out := make([]mutation, n)
	for i := range out {
		out[i] = all[i%len(layouts)][i/len(layouts)]
	}
	return out
}

// mixed is every drift of a layout once, the kinds by turns and their elements in an order that the seed chooses.
func mixed(layout string, seed int64) []mutation {
	byKind := map[string][]mutation{}
	all := console.Drifts(layout)
	rng := rand.New(rand.NewPCG(uint64(seed), uint64(len(layout))))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, d := range all {
		byKind[d.Kind] = append(byKind[d.Kind], mutation{layout, d, seed})
	}
	var out []mutation
	for i := 0; len(out) < len(all); i++ {
		for _, kind := range console.DriftKinds() {
			if i < len(byKind[kind]) {
				out = append(out, byKind[kind][i])
			}
		}
	}
	return out
}

// learnt is what is known of a target by a walk through the console as it was.
type learnt struct {
	target *selectors.Target
	state  string                 // as the walk found it
	print  *selectors.Fingerprint // nil where it was not seen
	flows  []string               // in which the walk looked for it
	after  []string               // after whose commits it stands
	inRow  bool                   // it was looked for in a row of a table
}

// signInPage is the page of elements that no flow of the console proper comes to.
const signInPage = "sign-in"

// pageFlows are the flows that come to the page of an element; where a page is not named here, all do.
var pageFlows = map[string][]string{
	"users.detail":      {"deactivate", "reactivate", "set-role", "rename", "pending"},
	"users.profile":     {"deactivate", "reactivate", "set-role", "rename", "pending"},
	"users.edit":        {"set-role", "rename"},
	"users.new":         {"invite", "list-roles"},
	"users.preferences": {"invite"},
	"confirm":           {"deactivate", "reactivate"},
	"result":            {"deactivate", "reactivate", "set-role", "rename", "invite"},
}

// signInTargets are the targets that the elements of the sign-in pages are. No walk looks for them.
var signInTargets = map[string][]string{
	"sign-in-email":     {"signin.identifier", "signin.single_email"},
	"continue":          {"signin.identifier_continue"},
	"sign-in-password":  {"signin.password", "signin.single_password"},
	"sign-in":           {"signin.password_submit", "signin.single_submit"},
	"send-code":         {"factor.choice"},
	"verification-code": {"factor.code"},
	"trust-this-device": {"factor.trust"},
	"submit":            {"factor.submit"},
}

// usedBy names the targets that an element is, by what it could be told by before it drifted: one of the target's
// candidates names it so, or what was learnt of it says so, and a flow that comes to its page uses the target.
func usedBy(d console.Drifted, known map[string]learnt) []string {
	if d.Page == signInPage {
		return signInTargets[d.Element]
	}
	var out []string
	for name, l := range known {
		there := func(flow string) bool {
			on, ok := pageFlows[d.Page]
			return !ok || slices.Contains(on, flow)
		}
		before := slices.ContainsFunc(l.flows, there) && d.Page != "users.preferences" // which come after a commit
		if (before || slices.ContainsFunc(l.after, there)) && (is(d, l) || through(d, l)) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// is says that a target was the element.
func is(d console.Drifted, l learnt) bool {
	b := d.Before
	if strings.HasPrefix(d.Element, "column-") {
		return l.target.Table != nil && headed(l.target.Table, b.Label)
	}
	print := l.print
	if print == nil {
		print = &selectors.Fingerprint{}
	}
	if print.Tag != "" && print.Tag != b.Tag && b.Tag != "label" { // the control stands in its label
		return false
	}
	for _, c := range l.target.Candidates {
		switch {
		case b.TestID != "" && c.TestID == b.TestID,
			b.ID != "" && slices.Contains(identifiers(c.CSS), b.ID),
			b.Label != "" && (sameLabel(c.Name, b.Label) || sameLabel(c.Label, b.Label) || sameLabel(c.Text, b.Label)):
			return true
		}
	}
	if strings.NewReplacer(".", "-", "_", "-").Replace(l.target.Name) == d.Element {
		return true
	}
	switch {
	case b.TestID != "":
		return print.TestID == b.TestID
	case b.ID != "":
		return print.ID == b.ID
	case b.Label != "":
		return says(print, b.Label) || print.Name == "" && sameLabel(print.Beside, b.Label)
	case d.Element == "user-link":
		return l.inRow
	}
	_, last, _ := strings.Cut(l.target.Name, ".") // an icon without a word: it is told by its name
	return last == d.Element
}

// through says that a target is found by way of the element, so that it is lost with it.
func through(d console.Drifted, l learnt) bool {
	switch {
	case d.Kind == "new-column" || d.Kind == "column-order": // what is found by the number of its cell
		return l.target.Table != nil || l.inRow
	case d.Element == "user-link": // in which cells are read
		return l.target.Table != nil
	case d.Kind == "change-id":
		return slices.ContainsFunc(l.target.Candidates, func(c selectors.Candidate) bool {
			return slices.Contains(identifiers(c.CSS), d.Before.ID)
		})
	}
	return false
}

func headed(t *selectors.Table, label string) bool {
	for _, c := range t.Columns {
		if sameLabel(c.Header, label) {
			return true
		}
	}
	return false
}

// identifiers are the ids that a CSS selector names.
func identifiers(css string) (out []string) {
	for _, part := range strings.Split(css, "#")[1:] {
		end := strings.IndexFunc(part, func(r rune) bool {
			return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})
		if end < 0 {
			end = len(part)
		}
		out = append(out, part[:end])
	}
	return out
}

func sameLabel(a, b string) bool {
	bare := func(s string) string { return strings.TrimSuffix(strings.TrimSpace(s), ":") }
	return bare(a) != "" && bare(a) == bare(b)
}

// plan is what is looked at and done for a mutation.
type plan struct {
	used   []string // targets that the element is
	walk   []string // flows that are looked at
	action userops.Action
	seen   bool // the walk comes to one of the targets
}

// planFor chooses the flow by which a mutation is judged: one that uses the element, else one that comes to its page.
func planFor(m mutation, d console.Drifted, known map[string]learnt) plan {
	p := plan{used: usedBy(d, known), walk: []string{"list-users"}, action: userops.Deactivate}
	if d.Page == signInPage {
		return p
	}
	var flows []string
	add := func(names []string) {
		for _, f := range names {
			if on, ok := pageFlows[d.Page]; (!ok || slices.Contains(on, f)) && !slices.Contains(flows, f) {
				flows = append(flows, f)
			}
		}
	}
	for _, name := range p.used {
		add(known[name].flows)
		p.seen = p.seen || len(flows) > 0
	}
	for _, name := range p.used {
		add(known[name].after)
	}
	if len(p.used) == 0 {
		flows = append(flows, pageFlows[d.Page]...)
	}
	var changing []string
	for _, f := range flows {
		if _, ok := userops.KindOfFlow(f); ok {
			changing = append(changing, f)
		}
	}
	switch {
	case len(changing) > 0:
		chosen := changing[number(m)%len(changing)]
		kind, _ := userops.KindOfFlow(chosen)
		p.walk, p.action = []string{chosen}, kind.Action
	case len(flows) > 0:
		p.walk = flows[:1]
	}
	return p
}

// number is one for a mutation, always the same.
func number(m mutation) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(m.String())) // it never fails
	return int(h.Sum32()>>1) + int(m.seed)
}
