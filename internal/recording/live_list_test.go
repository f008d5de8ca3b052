package recording_test

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func says(s *automation.Sketch, tag, text string) *automation.Sketch {
	s.Tag, s.Text = tag, text
	return s
}

// TestAListIsHeldToItsFilters shows what decides which rows a list has: each is put back before the list is read, as
// the person did it or else by what was seen of it.
func TestAListIsHeldToItsFilters(t *testing.T) {
	t.Parallel()
	opened := automation.Gesture{Kind: automation.GestureOpen, Value: "https://acme.example/people"}
	list := func(all ...automation.ShownFilter) automation.Gesture {
		return automation.Gesture{Kind: automation.GestureList, On: field("People"), Rows: "li", Columns: map[string]string{"email": "Mail"}, Whole: true, Filters: all}
	}
	box := automation.ShownFilter{On: says(button("Inactive, too"), "button", ""), Is: "on"}
	state := automation.ShownFilter{On: says(button("State"), "select", "All"), Says: "All", Is: "says"}
	custom := automation.ShownFilter{On: says(button("State"), "div", "All"), Says: "All", Is: "says"}
	search := automation.ShownFilter{On: field("Search"), Is: "empty"}
	chip := automation.ShownFilter{On: says(button("State: active"), "button", "State: active"), Says: "State: active", Is: "empty"}
	chip.On.Offers = append(chip.On.Offers, automation.Offer{Candidate: selectors.Candidate{TestID: "filter-sign"}, Kept: true})
	for name, c := range map[string]struct {
		gestures []automation.Gesture
		steps    []string
		review   string
	}{
		"a box, a list of options and a search": {[]automation.Gesture{opened, list(box, state, search)}, []string{
			"  - open: /people",
			"  - { check: { target: set_role.inactive_too, on: true }, asks: true }",
			"  - { choose: { target: set_role.state, option: All }, asks: true }",
			`  - { fill: { target: set_role.search, value: "" }, asks: true }`,
			"  - rows: { table: set_role.people, as: users, whole: true, filters: [{ target: set_role.inactive_too, on: true }, { target: set_role.state, equals: All }], unfiltered: [set_role.search], " +
				`reload: [{ open: /people }, { check: { target: set_role.inactive_too, on: true }, asks: true }, { choose: { target: set_role.state, option: All }, asks: true }, { fill: { target: set_role.search, value: "" }, asks: true }] }`,
		}, ""},
		"what the person did counts": {[]automation.Gesture{opened, {ID: "f", Kind: automation.GestureFill, On: field("Search"), Value: ""}, list(search)}, []string{
			"  - open: /people", `  - { fill: { target: set_role.search, value: "" }, asks: true }`,
			`  - rows: { table: set_role.people, as: users, whole: true, unfiltered: [set_role.search], reload: [{ open: /people }, { fill: { target: set_role.search, value: "" }, asks: true }] }`,
		}, ""},
		"what the page draws itself and nobody chose": {[]automation.Gesture{opened, list(custom)}, []string{
			"  - open: /people", "  - rows: { table: set_role.people, as: users, whole: true, filters: [{ target: set_role.state, equals: All }], reload: [{ open: /people }] }",
		}, "set_role.state is not put back before the list is read"},
		"the sign of a filter": {[]automation.Gesture{opened, list(chip)}, []string{
			"  - open: /people", "  - rows: { table: set_role.people, as: users, whole: true, unfiltered: [set_role.filter_sign], reload: [{ open: /people }] }",
		}, ""},
		"none": {[]automation.Gesture{opened, list()}, []string{"  - open: /people", "  - rows: { table: set_role.people, as: users, whole: true }"}, "show by Filter… what may keep rows from the list"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			take := takeOf(c.gestures...)
			assert.Equal(t, c.steps, stepsOf(t, take))
			d, err := take.Draft()
			require.NoError(t, err)
			if c.review == "" {
				assert.Empty(t, d.Review)
				return
			}
			require.Len(t, d.Review, 1)
			assert.Contains(t, d.Review[0].Why, c.review)
		})
	}
}

// people is a layout whose list is held to a search box.
func people(t *testing.T) (*selectors.Version, []*flows.Flow) {
	t.Helper()
	looks := &selectors.Fingerprint{Tag: "input", Role: "searchbox"}
	by := []selectors.Candidate{{TestID: "x"}}
	v := &selectors.Version{App: "bill", Layout: "x", ID: "x-1", Targets: map[string]*selectors.Spec{
		"t": {Candidates: by, Table: &selectors.Table{Rows: "li", Key: "email", Columns: map[string]selectors.Column{"email": {Header: "Mail"}}}}, "search": {Candidates: by, Fingerprint: looks}, "mark": {Candidates: by},
	}}
	open := flows.Open("/people")
	list := &flows.Flow{Name: "list-users", Steps: []flows.Step{
		{Verb: &open}, {Verb: &flows.Fill{Target: "search"}},
		{Verb: &flows.Rows{Table: "t", As: "users", Scroll: true, Unfiltered: []string{"search", "mark"}}},
	}}
	list.Steps[1].Options.Asks = true
	return v, []*flows.Flow{list}
}

// TestAListThatMayBeFilteredIsGoneToAsItsFlowDoes clicks in the row of somebody who was searched for: the way there is
// that of the flow that reads the list.
func TestAListThatMayBeFilteredIsGoneToAsItsFlowDoes(t *testing.T) {
	t.Parallel()
	typed := field("Search")
	typed.Known = []string{"search"}
	gestures := []automation.Gesture{
		{Kind: automation.GestureOpen, Value: "https://acme.example/home"}, {Kind: automation.GestureClick, On: button("People")},
		{Kind: automation.GestureFill, On: typed, Value: "ann"}, {Kind: automation.GestureClick, On: inRow(button("Open"), "ann@acme.example")},
	}
	take := takeOf(gestures...)
	take.Version, take.Flows = people(t)
	assert.Equal(t, []string{
		"  - open: /people", `  - { fill: { target: search, value: "" }, asks: true }`,
		`  - find: { table: t, key: "${email}", scroll: true, search: search }`, `  - click: { target: set_role.open, row: { table: t, key: "${email}" } }`,
	}, stepsOf(t, take))
	d, err := take.Draft()
	require.NoError(t, err)
	assert.Len(t, d.Targets, 1, "that of the row alone")
	assert.Empty(t, d.Review, "nothing of the way is to be looked at")
	take = takeOf(append(gestures[:3:3], automation.Gesture{Kind: automation.GestureUnsupported, Why: "no verb drags"}, gestures[3])...)
	take.Version, take.Flows = people(t)
	assert.Len(t, stepsOf(t, take), 6, "what was left out stays said")
}

// TestADoubleClickInARowIsOneClick presses twice in the row of somebody: each press has its way there.
func TestADoubleClickInARowIsOneClick(t *testing.T) {
	t.Parallel()
	open := automation.Gesture{Kind: automation.GestureClick, On: inRow(button("Open"), "ann@acme.example")}
	take := takeOf(automation.Gesture{Kind: automation.GestureOpen, Value: "https://acme.example/people"}, open, open, automation.Gesture{Kind: automation.GestureTwice})
	take.Version, take.Flows = people(t)
	got := stepsOf(t, take)
	assert.Equal(t, 1, strings.Count(strings.Join(got, "\n"), "find:"), got)
	assert.Equal(t, 1, strings.Count(strings.Join(got, "\n"), "click:"), got)
	assert.Contains(t, strings.Join(got, "\n"), "double: true")
}

// TestWhatIsOnOfferIsRecorded shows one of the roles, and whose console it is.
func TestWhatIsOnOfferIsRecorded(t *testing.T) {
	t.Parallel()
	list := automation.Sketch{Ref: "list", Role: "listbox", Said: "listbox", Offers: []automation.Offer{{Candidate: selectors.Candidate{TestID: "roles"}, Kept: true}}}
	take := takeOf(automation.Gesture{Kind: automation.GestureRoles, On: &list, Options: &automation.Menu{Words: "Clerk", Sure: true, Role: "option", List: list}})
	take.Flow = "list-roles"
	assert.Equal(t, []string{"  - await: [list_roles.roles]", "  - texts: { target: list_roles.option, as: roles }"}, stepsOf(t, take))
	d, err := take.Draft()
	require.NoError(t, err)
	assert.Equal(t, map[string]flows.Output{"roles": flows.OutputTexts}, d.Flow.Outputs)
	name := button("Acme Inc.")
	name.Offers = append(name.Offers, automation.Offer{Candidate: selectors.Candidate{TestID: "org"}, Kept: true})
	take = takeOf(automation.Gesture{Kind: automation.GestureOrganisation, On: name, Value: "Acme Inc."})
	take.Flow = "identify"
	assert.Equal(t, []string{"  - await: [identify.org]", "  - read: { target: identify.org, as: organisation }"}, stepsOf(t, take))
	d, err = take.Draft()
	require.NoError(t, err)
	assert.NotContains(t, recording.TargetsText(d.Targets, ""), "Acme Inc.", "it is found by what it does not say")
	require.Len(t, d.Review, 1)
	assert.Contains(t, d.Review[0].Why, "two organisations of one name are not told apart")

	shown := automation.Gesture{Kind: automation.GestureOrganisation, On: name, Value: "Acme Inc.", Attrs: map[string]string{"organisation_id": "data-org-id"}}
	take = takeOf(automation.Gesture{Kind: automation.GestureOpen, Value: "https://acme.example/home"}, shown)
	take.Flow = "identify"
	assert.Equal(t, []string{"  - await: [identify.org]", "  - read: { target: identify.org, as: organisation }",
		"  - read: { target: identify.org, as: organisation_id, attr: data-org-id }"}, stepsOf(t, take), "nothing is gone to for it")
	take = takeOf(automation.Gesture{Kind: automation.GestureClick, On: button("Menu")}, shown)
	take.Flow = "identify"
	d, err = take.Draft()
	require.NoError(t, err)
	assert.True(t, d.Partial, "it is read on whatever page is shown")
}

// TestWhatAPersonsPageSaysIsRecorded shows two things of a person, each once, and neither before whom the page is about.
func TestWhatAPersonsPageSaysIsRecorded(t *testing.T) {
	t.Parallel()
	at := func(id string) *automation.Sketch {
		out := button("")
		out.Offers = []automation.Offer{{Candidate: selectors.Candidate{TestID: id}, Kept: true}}
		return out
	}
	shows := func(column, value string) automation.Gesture {
		return automation.Gesture{Kind: automation.GestureDetail, On: at(column), Value: value, Attrs: map[string]string{"column": column}}
	}
	person := automation.Gesture{Kind: automation.GesturePerson, On: at("mail"), Value: "ann@acme.example"}
	take := takeOf(person, shows("role", "Clerk"), shows("status", "Active"))
	take.Flow = "details"
	assert.Equal(t, []string{
		`  - expect: { target: details.mail, equals: "${email}" }`, "  - await: [details.role]", "  - read: { target: details.role, as: role }",
		"  - await: [details.status]", "  - read: { target: details.status, as: status }",
	}, stepsOf(t, take))
	d, err := take.Draft()
	require.NoError(t, err)
	assert.Equal(t, map[string]flows.Output{"role": flows.OutputRead, "status": flows.OutputRead}, d.Flow.Outputs)
	assert.Equal(t, []string{"email"}, d.Flow.Inputs)
	for why, gestures := range map[string][]automation.Gesture{
		"show the person's e-mail by Person… first": {shows("role", "Clerk"), person},
		"the role was shown before":                 {person, shows("role", "Clerk"), shows("role", "Payer")},
		"it says nothing":                           {person, shows("role", "")},
	} {
		take := takeOf(gestures...)
		take.Flow = "details"
		d, err := take.Draft()
		require.NoError(t, err)
		require.Len(t, d.LeftOut, 1, why)
		assert.Contains(t, d.LeftOut[0].Why, why)
	}
}

// TestAColumnIsWhatARowSaysOfItself: an attribute of the row is read from the row, and a name is taken apart in the
// order in which it stands there.
func TestAColumnIsWhatARowSaysOfItself(t *testing.T) {
	t.Parallel()
	got := takeOf().TableOf(&automation.Gesture{Rows: "li", Columns: map[string]string{"email": "Mail", "last_first": "Who"}, Attrs: map[string]string{"id": "data-id"}})
	assert.Equal(t, map[string]selectors.Column{
		"email": {Header: "Mail"}, "name": {Header: "Who", Pattern: `^(?P<last_name>[^,]*), (?P<first_name>[^,]*)$`},
		"id": {Attr: "data-id", Candidates: []selectors.Candidate{{XPath: ".", Provenance: selectors.Recorded}}},
	}, got.Columns)
}

// TestACounterOfAFilteredListIsRead shows a counter in a form that only it has.
func TestACounterOfAFilteredListIsRead(t *testing.T) {
	t.Parallel()
	sum := &automation.Sketch{Ref: "sum", Tag: "span", Role: "status", Text: "83 Personen", Said: "status",
		Offers: []automation.Offer{{Candidate: selectors.Candidate{CSS: "main > span"}, Kept: true}}}
	d, err := takeOf(automation.Gesture{Kind: automation.GestureList, On: field("People"), Rows: "li", Columns: map[string]string{"email": "Mail"}, Counter: sum, Scroll: true,
		Filters: []automation.ShownFilter{{On: field("Search"), Is: "empty"}}}).Draft()
	require.NoError(t, err)
	assert.Contains(t, recording.TargetsText(d.Targets, ""), `counter: '^(?P<total>\d+) Personen$'`)
	assert.Contains(t, d.FlowText(), "counter: set_role.element, scroll: true")
}

// TestASecondListIsLeftOut has somebody show a wrong list first: of two lists of people the last would count, without
// what filters the first.
func TestASecondListIsLeftOut(t *testing.T) {
	t.Parallel()
	list := automation.Gesture{Kind: automation.GestureList, On: field("People"), Rows: "li", Columns: map[string]string{"email": "Mail"}}
	other := list
	other.On = field("Others")
	d, err := takeOf(list, other).Draft()
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(d.FlowText(), "as: users"), d.FlowText())
	require.Len(t, d.LeftOut, 1)
	assert.Contains(t, d.LeftOut[0].Why, "a list of people was shown before")
}

// TestAListWithoutACounterIsToReview: whoever records it may have overlooked one, and the way to the next page.
func TestAListWithoutACounterIsToReview(t *testing.T) {
	t.Parallel()
	shown := automation.Gesture{Kind: automation.GestureList, On: field("People"), Rows: "li", Columns: map[string]string{"email": "Mail"},
		Filters: []automation.ShownFilter{{On: field("Search"), Is: "empty"}}}
	remarks := func(g automation.Gesture) []recording.Remark {
		d, err := takeOf(g).Draft()
		require.NoError(t, err)
		return d.Review
	}
	got := remarks(shown)
	require.Len(t, got, 1)
	assert.Contains(t, got[0].Why, "the list is never complete as it is")
	shown.Whole = true
	assert.Empty(t, remarks(shown), "the person has said so")
	shown.Whole, shown.Counter = false, field("Count")
	assert.Empty(t, remarks(shown))
}

// TestACounterIsNothingElse shows an e-mail that stands where another page has its counter, and is found by its place.
func TestACounterIsNothingElse(t *testing.T) {
	t.Parallel()
	mail := &automation.Sketch{Ref: "mail", Tag: "p", Said: "p", Known: []string{"count"},
		Offers: []automation.Offer{{Candidate: selectors.Candidate{CSS: "html > body > p"}, Kept: true}}}
	take := takeOf(automation.Gesture{Kind: automation.GesturePerson, On: mail, Value: "ann@acme.example"})
	take.Version, take.Flows = people(t)
	take.Flows[0].Steps[2].Verb.(*flows.Rows).Counter = "count"
	assert.Equal(t, []string{`  - expect: { target: set_role.element, equals: "${email}" }`}, stepsOf(t, take))
}
