package doctor

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func atSignIn(t *testing.T, name string) *selectors.Target {
	t.Helper()
	all, err := selectors.Load("bill", "")
	require.NoError(t, err)
	for _, v := range all {
		if target, ok := v.Target(name); ok && v.Covers == selectors.SignIn {
			return target
		}
	}
	t.Fatalf("there is no target %s", name)
	return nil
}

// TestNoWordsOfAnybodysAreKeptOfTheSignIn looks at what is kept of elements on which an account, its telephone or its
// organisations stand.
func TestNoWordsOfAnybodysAreKeptOfTheSignIn(t *testing.T) {
	t.Parallel()
	names := []string{"robot@acme.example", "Acme Corp"}
	button := selectors.Fingerprint{Tag: "button", Role: "button", Name: "Submit", Text: "Submit", Beside: "Widgets Inc"}
	kept := signInFingerprint(atSignIn(t, "factor.submit"), button, names)
	assert.Equal(t, "Submit", kept.Name)
	assert.Empty(t, kept.Beside)
	phone := selectors.Fingerprint{Tag: "input", Role: "radio", Name: "Text message to primary phone ending in 42", Field: "method"}
	assert.Empty(t, signInFingerprint(atSignIn(t, "factor.wanted"), phone, names).Name)
	trust := selectors.Fingerprint{Tag: "input", Role: "checkbox", Name: "Trust this device for 30 days"}
	assert.Equal(t, trust.Name, signInFingerprint(atSignIn(t, "factor.trust"), trust, names).Name, "it is known by that")
	for _, words := range []string{"Text me at •••-4821", "Ann Smith"} {
		button.Name, button.Text = words, words
		kept = signInFingerprint(atSignIn(t, "factor.choice"), button, names)
		assert.Empty(t, kept.Name+kept.Text, words)
	}
	text := automation.Picked{Fingerprint: button, Offers: []automation.Offer{
		{Candidate: selectors.Candidate{Role: "button", Name: "Text me at •••-4821"}, Kept: true}, {Candidate: selectors.Candidate{CSS: "#text"}, Kept: true},
	}}
	numberless, _ := TakenAtSignIn(atSignIn(t, "factor.choice"), text, names)
	require.Len(t, numberless.Candidates, 1)
	assert.Equal(t, "#text", numberless.Candidates[0].CSS)
	list := selectors.Fingerprint{Tag: "ul", Role: "list", Text: "Widgets Inc Gadgets Ltd"}
	kept = signInFingerprint(atSignIn(t, "organisation.choice"), list, names)
	assert.Empty(t, kept.Text)
	assert.Equal(t, "ul", kept.Tag)
	link := automation.Picked{
		Fingerprint: selectors.Fingerprint{Tag: "a", Role: "link", Name: "Widgets Inc", Text: "Widgets Inc"},
		Offers: []automation.Offer{
			{Candidate: selectors.Candidate{Role: "link", Name: "Widgets Inc"}, Kept: true}, {Candidate: selectors.Candidate{CSS: "ul.orgs a"}, Kept: true},
		},
	}
	r, dropped := TakenAtSignIn(atSignIn(t, "organisation.names"), link, names)
	require.Len(t, r.Candidates, 1)
	assert.Equal(t, "ul.orgs a", r.Candidates[0].CSS)
	require.Len(t, dropped, 1)
	assert.Contains(t, dropped[0], "the name of an organisation")
}

// TestOfAPageThatIsNoScreenOneTargetIsNamedOrNone has something on a page that is like one target, or like two.
func TestOfAPageThatIsNoScreenOneTargetIsNamedOrNone(t *testing.T) {
	t.Parallel()
	all, err := selectors.Load("bill", "")
	require.NoError(t, err)
	for second, named := range map[float64]bool{0.7: true, 0.88: false} {
		x := &Examination{targets: map[string]*Target{}, report: &Report{}}
		for _, v := range all {
			if v.Covers == selectors.SignIn {
				x.signIn = v
			}
		}
		x.perhaps = []*guess{
			{target: "signin.identifier", proposals: []Proposal{{Score: second, Clear: true}}}, {target: "signin.password", proposals: []Proposal{{Score: 0.9, Clear: true}}},
		}
		x.suspected()
		if !named {
			assert.Empty(t, x.report.Of(Missing))
			continue
		}
		require.Len(t, x.report.Of(Missing), 1)
		assert.Equal(t, "signin.password", x.report.Of(Missing)[0].Name)
	}
}
