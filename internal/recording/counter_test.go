package recording

import (
	"testing"

	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
)

func TestACounterIsReadByWhatItSays(t *testing.T) {
	t.Parallel()
	for text, form := range map[string]string{
		"5 colleagues": `^(?P<total>\d+) colleagues$`, "Team (12)": `^Team \((?P<total>\d+)\)$`, "25 users": "", "83 Personen": `^(?P<total>\d+) Personen$`, "1 of 3 pages": "",
		"5": "", "Ask boss@desk.example 5": "", "There are 5 of you in this team": "",
	} {
		assert.Equal(t, form, counterForm(text), text)
	}
	added := TargetsText([]NewTarget{{Name: "team.sum", Spec: selectors.Spec{Counter: counterForm("5 colleagues"), Candidates: []selectors.Candidate{{CSS: "p"}}}}}, "")
	assert.Contains(t, added, "    counter: '^(?P<total>\\d+) colleagues$'\n")
}
