package doctor_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
)

func TestWhatIsTakenOfAnElement(t *testing.T) {
	t.Parallel()
	kept := func(c selectors.Candidate) automation.Offer { return automation.Offer{Candidate: c, Kept: true} }
	picked := automation.Picked{Taken: true, Fingerprint: selectors.Fingerprint{Name: "Ann Lee", Tag: "a"}, Offers: []automation.Offer{
		{Candidate: selectors.Candidate{TestID: "x-123"}, Why: "it looks made up by a program"},
		kept(selectors.Candidate{Role: "link", Name: "Ann Lee"}), kept(selectors.Candidate{Text: "Lee"}),
		kept(selectors.Candidate{Text: "Leeward"}), kept(selectors.Candidate{CSS: "div > a"}),
	}}
	people := []string{"ann@acme.example", "Ann", "Lee", "Ann Lee"}
	r, dropped := doctor.Taken(picked, people)
	assert.Equal(t, []selectors.Candidate{{Text: "Leeward", Provenance: selectors.Recorded}}, r.Candidates)
	assert.Equal(t, &selectors.Fingerprint{Tag: "a"}, r.Fingerprint)
	assert.Equal(t, []string{"testid=x-123: it looks made up by a program", "role=link name=Ann Lee: it has somebody's name in it",
		"text=Lee: it has somebody's name in it", "css=div > a: others last longer"}, dropped)

	r, _ = doctor.Taken(picked, nil)
	assert.Nil(t, r.Fingerprint, "whose names must not be in it is not known")
}
