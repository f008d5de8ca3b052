package main

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
)

func TestRowsOfAFlowAreTakenApartAsAnActionTakesThem(t *testing.T) {
	t.Parallel()
	rows := automation.Rows{
		Columns: map[string]selectors.Column{"name": {Pattern: `^(?P<last_name>[^,]+), (?P<first_name>.+)$`}, "email": {}},
		Rows:    []map[string]string{{"name": "Lee, Ann", "email": "ann@x.com"}, {"name": "Cher", "email": "cher@x.com"}},
	}
	assert.Equal(t, []map[string]string{
		{"last_name": "Lee", "first_name": "Ann", "email": "ann@x.com"}, {"email": "cher@x.com"},
	}, fieldsOf(rows))
}
