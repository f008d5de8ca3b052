package browserpath

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
)

// linked is a list of people whose ids are taken from links.
func linked(links ...string) automation.Rows {
	id := selectors.Column{Attr: "href", Pattern: `(?P<id>[0-9]+)$`}
	out := automation.Rows{Columns: map[string]selectors.Column{"id": id}, Complete: true}
	for _, l := range links {
		out.Rows = append(out.Rows, map[string]string{"id": l})
		out.Places = append(out.Places, "https://console.example/users?page=1")
	}
	return out
}

func pageOf(p *Path, id string) string {
	c := &course{Change: &change.Change{Before: &userops.User{ID: id}}, p: p}
	return c.own()
}

// TestOwnPagesAreOnTheConsolesHost takes addresses of people's pages from links that lead to them, and elsewhere.
func TestOwnPagesAreOnTheConsolesHost(t *testing.T) {
	t.Parallel()
	p := &Path{home: "https://console.example/home"}
	p.learn(linked("/users/1", "//other.example/users/2", `/\other.example/users/3`, "users/4", "https://other.example/users/5", "///other.example/users/6"))
	assert.Equal(t, "https://console.example/users/1", pageOf(p, "1"))
	for _, id := range []string{"2", "3", "4", "5", "6"} {
		assert.Empty(t, pageOf(p, id), id)
	}
}

// TestWhatIsKnownOfPagesIsForgotten reads a list whose ids were taken from links to something else before.
func TestWhatIsKnownOfPagesIsForgotten(t *testing.T) {
	t.Parallel()
	begun := func() *Path {
		p := &Path{home: "https://console.example/home"}
		p.learn(linked("/resend/1", "/resend/2"))
		return p
	}
	p := begun()
	p.Reread(nil)
	assert.Empty(t, pageOf(p, "1"), "files are read anew")
	assert.Empty(t, p.there)

	p = begun()
	ids := linked("1")
	ids.Columns["id"] = selectors.Column{Pattern: `(?P<id>[0-9]+)$`}
	ids.Stopped = true
	p.learn(ids)
	assert.Empty(t, pageOf(p, "1"), "the id is no link any more")
	assert.NotEmpty(t, pageOf(p, "2"), "of whom the reading has not come to nothing is known anew")

	ids.Stopped = false
	p.learn(ids)
	assert.Empty(t, pageOf(p, "2"), "whoever is not on the list has no page")
	assert.NotContains(t, p.there, "2")
}

// TestWhatAListShowsStandsForAnAddress holds what is shown against what a person's own page says.
func TestWhatAListShowsStandsForAnAddress(t *testing.T) {
	t.Parallel()
	for shown, want := range map[string]bool{
		"ann@ac…": true, "ann…": true, "ann@acme...": true, "a…example": true, "ann\u00ad@acme\u00ad.example": true, "E-Mail: Ann@Acme.example": true,
		"<ann@acme.example>": true, "joann@ac…": false, "ann@acme.org…": false, "…": false, "ann@acme.example.org": false, "joann@acme.example": false,
		"ann@acme.example, jo@acme.example": false, "Ann": false, "": false, "ann@acme.exampleann@acme.example…ann@acme.example": false,
	} {
		assert.Equal(t, want, standsFor(shown, "ann@acme.example"), "%q", shown)
	}
}
