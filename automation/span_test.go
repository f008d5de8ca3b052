package automation_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
)

func TestANameThatIsOneTextIsKeptWhole(t *testing.T) {
	t.Parallel()
	const splits, turned = `^(?P<first_name>\S+) (?P<last_name>.+)$`, `^(?P<last_name>[^,]*), (?P<first_name>.*)$`
	for _, c := range []struct{ pattern, text, want string }{
		{splits, "Petra Maria Berg", "Petra Maria Berg"},
		{`^(?P<first_name>\S+) (?P<last_name>.+?)(?: \(you\))?$`, "Petra Maria Berg (you)", "Petra Maria Berg"},
		{`^(?P<first_name>\S+) (?P<last_name>.+) <.*>$`, "Petra Berg <petra@x.com>", "Petra Berg"},
		{`^(?P<first_name>[^|]+) \| (?P<last_name>.+)$`, "Petra | Berg", ""},
		{turned, "Berg, Petra Maria", ""},
		{`^(?P<last_name>\S+) (?P<first_name>.+)$`, "Berg Petra Maria", ""},
		{`^(?P<first_name>.+)$`, "Petra", ""},
		{"", "Petra Maria Berg", ""},
	} {
		rows := automation.Rows{Columns: map[string]selectors.Column{"member": {Pattern: c.pattern}, "email": {}},
			Rows: []map[string]string{{"member": c.text, "email": "petra@x.com"}}}
		assert.Equal(t, c.want, rows.Span(0, "first_name", "last_name"), c)
	}
}
