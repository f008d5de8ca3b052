package flows_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// partsOfNeo loads the shipped flows with the parts of neo altered.
func partsOfNeo(t *testing.T, from, to string) (*flows.Library, error) {
	t.Helper()
	overlay := t.TempDir()
	data, err := os.ReadFile("bill/parts-neo.yaml")
	require.NoError(t, err)
	require.Contains(t, string(data), from)
	file := filepath.Join(overlay, "flows/bill/parts-neo.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(data), from, to, 1)), 0o600))
	return flows.Load("bill", overlay)
}

const (
	visits = `  person:
    - visit:
        shows: { target: user.email, equals: "${email}" }
        otherwise:
`
	findsPerson = visits + `          - part: list
          - part: longest-pages
          - find: { table: users.table, key: "${email}", next: users.next }
`
	findsGiven = `  row-of:
    - part: list
    - find: { table: users.table, key: "${whom}", next: users.next }
` + visits + "          "
)

// TestAPartIsGivenWhatItTakes fills a part's own inputs in, for each use of it.
func TestAPartIsGivenWhatItTakes(t *testing.T) {
	t.Parallel()
	lib, err := partsOfNeo(t, findsPerson, findsGiven+"- part: { name: row-of, with: { whom: \"${email}\" } }\n")
	require.NoError(t, err)
	f, ok := lib.Flow("deactivate", "neo")
	require.True(t, ok)
	told := strings.Join(f.Explain(), "\n")
	assert.Contains(t, told, "the part row-of, with whom ${email}")
	assert.Contains(t, told, "find the row of users.table with ${email}")
	assert.NotContains(t, told, "${whom}")

	for with, says := range map[string]string{
		`{ name: row-of, with: { whom: ann@x.com } }`:             "whom a changing flow looks for is its subject",
		`{ name: row-of, with: { whom: "${email}", page: "2" } }`: "none of its steps takes ${page}",
		`{ name: row-of, with: { whom: "${who}" } }`:              "${who} is not an input",
		`row-of`:                         "whom a changing flow looks for is its subject",
		`{ name: row-of }`:               "parts-neo.yaml",
		`{ name: row-of, with: { } }`:    "parts-neo.yaml",
		`{ name: row-of, whom: ann@b.c}`: "parts-neo.yaml",
	} {
		_, err := partsOfNeo(t, findsPerson, findsGiven+"- part: "+with+"\n")
		require.ErrorContains(t, err, says, with)
	}
}
