package doctor

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func button(name string) selectors.Fingerprint {
	return selectors.Fingerprint{Tag: "button", Role: "button", Name: name, Text: name, TestID: "profile-" + selectors.FoldCase(name), Box: []int{100, 100, 80, 30}}
}

func TestWhatChangesLittleIsMostAlike(t *testing.T) {
	t.Parallel()
	save := button("Save")
	for name, change := range map[string]func(f *selectors.Fingerprint){
		"nothing":         func(*selectors.Fingerprint) {},
		"another test id": func(f *selectors.Fingerprint) { f.TestID = "u-17" },
		"another label":   func(f *selectors.Fingerprint) { f.Text, f.Name = "Save changes", "Save changes" },
		"a link":          func(f *selectors.Fingerprint) { f.Tag, f.Role = "a", "link" },
		"elsewhere":       func(f *selectors.Fingerprint) { f.Box = []int{900, 800, 80, 30} },
	} {
		changed := save
		change(&changed)
		got, reasons := similarity(&save, &changed)
		assert.GreaterOrEqual(t, got, enough, "%s: %v", name, reasons)
		cancel := button("Cancel")
		other, _ := similarity(&save, &cancel)
		assert.True(t, called(&save, &changed), name)
		assert.False(t, called(&save, &cancel), name)
		assert.Greater(t, got, other, name)
	}
}

func TestOnlyWhatIsKnownIsCompared(t *testing.T) {
	t.Parallel()
	known := selectors.Fingerprint{TestID: "profile-save"}
	seen := button("Save")
	got, _ := similarity(&known, &seen)
	assert.InDelta(t, 1, got, 0.001)
	got, _ = similarity(&selectors.Fingerprint{}, &seen)
	assert.Zero(t, got, "of which nothing is known, nothing is like it")
}

// TestWhatIsAnotherTargetIsNotProposed keeps the button beside from being taken for one that is gone.
func TestWhatIsAnotherTargetIsNotProposed(t *testing.T) {
	t.Parallel()
	save := button("Save")
	t1 := &selectors.Target{Name: "user.save", Fingerprint: &save}
	all := []automation.Element{{Fingerprint: button("Save"), Target: "user.save_name"}, {Fingerprint: button("Saved"), Target: "user.save"}, {Fingerprint: button("Edit")}}
	got := rank(t1, flows.Pressed, all, nil)
	assert.Len(t, got, 2)
	assert.Equal(t, 1, got[0].index)
}

// TestWhatCannotBeUsedComesBehind prefers a button to a text of the same words, for something that is pressed.
func TestWhatCannotBeUsedComesBehind(t *testing.T) {
	t.Parallel()
	target := &selectors.Target{Name: "user.save", Candidates: []selectors.Candidate{{TestID: "profile-store"}}}
	text, control := button("Save"), button("Save")
	text.Tag, text.Role = "dd", "definition"
	got := rank(target, flows.Pressed, []automation.Element{{Fingerprint: text}, {Fingerprint: control}}, nil)
	assert.Equal(t, 1, got[0].index)
	assert.Greater(t, got[0].score, got[1].score+ahead)
}

// TestWhatSaysSomethingIsNotWhatSaidNothing keeps a button More from being taken for the icon that stood there.
func TestWhatSaysSomethingIsNotWhatSaidNothing(t *testing.T) {
	t.Parallel()
	icon := selectors.Fingerprint{Tag: "button", Role: "button", Type: "button", Path: "/html/body/button[1]",
		Box: []int{100, 100, 30, 30}}
	more := icon
	more.Text, more.Name = "More", "More"
	got, _ := similarity(&icon, &more)
	assert.Less(t, got, sure)
	assert.False(t, called(&icon, &more))
	save := button("Save")
	save.Type, save.Beside, save.Path = "button", "First name", "/html/body/div/button"
	other := save
	other.Text, other.Name, other.TestID = "More", "More", ""
	got, _ = similarity(&save, &other)
	assert.Less(t, got, sure, "nor is it taken for a button that was called otherwise")
	target := &selectors.Target{Name: "organisation.current", Fingerprint: &icon}
	ranked := rank(target, flows.Looked, []automation.Element{{Fingerprint: more}}, []string{"More"})
	assert.Greater(t, ranked[0].score, sure, "a name is taken out of both")
}

// TestALinkThatLeadsWhereItLedIsCalledAsBefore gives a link another word, and a button of icons another tag.
func TestALinkThatLeadsWhereItLedIsCalledAsBefore(t *testing.T) {
	t.Parallel()
	edit := selectors.Fingerprint{
		Tag: "a", Role: "link", Name: "Edit", Text: "Edit", Href: "/users/*/edit", Beside: "Ann",
		Path: "/html/body/a[1]", Box: []int{0, 0, 60, 20},
	}
	modify := edit
	modify.Name, modify.Text = "Modify", "Modify"
	score, _ := similarity(&edit, &modify)
	assert.Greater(t, score, enough)
	assert.True(t, called(&edit, &modify))
	modify.Href = "/users/*/history"
	assert.False(t, called(&edit, &modify))
	for _, href := range []string{"/users/*", "*", "javascript:void(0)", "/user?", "/", "/users/*/"} {
		before, now := edit, edit
		before.Href, now.Href, now.Name, now.Text = href, href, "Make administrator", "Make administrator"
		assert.False(t, called(&before, &now), href)
	}
	save := selectors.Fingerprint{Tag: "button", Role: "button", Name: "Save", Text: "Save", Data: "data-action=submit"}
	other := selectors.Fingerprint{Tag: "button", Role: "button", Name: "Close", Text: "Close", Data: "data-action=submit"}
	assert.False(t, called(&save, &other))
	trash := selectors.Fingerprint{Tag: "button", Role: "button", Type: "button", Data: "data-icon=trash", Beside: "Ann", Path: "/html/body/button", Box: []int{0, 0, 20, 20}}
	link := selectors.Fingerprint{Tag: "a", Role: "link", Data: "data-icon=trash", Beside: "Ann", Path: "/html/body/a", Box: []int{0, 0, 20, 20}}
	score, _ = similarity(&trash, &link)
	assert.Greater(t, score, enough)
	assert.True(t, called(&trash, &link))
	link.Text, link.Name = "Empty the trash", "Empty the trash"
	assert.False(t, called(&trash, &link))
}

func TestNobodysNameIsKept(t *testing.T) {
	t.Parallel()
	f := selectors.Fingerprint{Name: "Ann Lee", Text: "write to ann@acme.example", Beside: "Role of Lee", Label: "Show pending", Href: "/users/00648QN4TJCQC24S26/profile", TestID: "row-open"}
	got := scrub(f, []string{"Ann", "Lee", "End", "ann@acme.example"})
	assert.Equal(t, selectors.Fingerprint{Label: "Show pending", TestID: "row-open", Href: "/users/*/profile"}, got)
}

func TestWhatCandidatesSayServesWhereNobodyHasLearnt(t *testing.T) {
	t.Parallel()
	got := known(&selectors.Target{Candidates: []selectors.Candidate{
		{TestID: "save"}, {Role: "button", Name: "Save"}, {CSS: "form #save-it"}, {CSS: "input[name='who']"},
	}})
	assert.Equal(t, &selectors.Fingerprint{TestID: "save", Role: "button", Name: "Save", Text: "Save", ID: "save-it", Field: "who"}, got)
}

func TestWhatIsInDoubtIsNotProposed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of   []ranked
		says string
	}{
		"nothing there":          {nil, "the best of 0 elements"},
		"too little alike":       {[]ranked{{score: enough - 0.01, called: true}}, "nothing on the page is like it"},
		"called otherwise":       {[]ranked{{score: sure - 0.01}}, "called otherwise"},
		"two alike":              {[]ranked{{score: 0.9, called: true}, {score: 0.9 - ahead + 0.01}}, "too much alike"},
		"alone":                  {[]ranked{{score: enough, called: true}}, ""},
		"called otherwise, sure": {[]ranked{{score: sure}, {score: sure - ahead - 0.01}}, ""},
		"ahead":                  {[]ranked{{score: 0.9, called: true}, {score: 0.9 - ahead - 0.01}}, ""},
	} {
		got := doubt(c.of)
		if c.says == "" {
			assert.Empty(t, got, name)
			continue
		}
		assert.Contains(t, got, c.says, name)
	}
}

func TestAProposalInDoubtIsChosenByItsNumber(t *testing.T) {
	t.Parallel()
	clear, unclear := Proposal{Element: "the clear one", Clear: true}, Proposal{Element: "one of two"}
	p, err := Choice{Target: "user.save"}.among([]Proposal{clear, unclear})
	require.NoError(t, err)
	assert.Equal(t, clear.Element, p.Element)
	p, err = Choice{Target: "user.save", Number: 2}.among([]Proposal{clear, unclear})
	require.NoError(t, err)
	assert.Equal(t, unclear.Element, p.Element)
	for _, all := range [][]Proposal{nil, {unclear, unclear}} {
		_, err = Choice{Target: "user.save"}.among(all)
		require.ErrorContains(t, err, "no proposal for user.save is clear")
	}
	_, err = Choice{Target: "user.save", Number: 3}.among([]Proposal{clear, unclear})
	require.ErrorContains(t, err, "number 3 was chosen")
}
