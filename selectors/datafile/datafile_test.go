package datafile_test

import (
	"testing"

	"github.com/billagent/billagent/selectors/datafile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const schema = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string"},"date":{"type":"string"},"list":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{"n":{"type":"integer"}}}}}}`

type content struct {
	Name string
	Date string
	List []struct{ N int }
}

func TestComplaintsNameTheirPlace(t *testing.T) {
	t.Parallel()
	s, err := datafile.Compile("test.json", []byte(schema))
	require.NoError(t, err)
	for name, c := range map[string]struct{ text, says string }{
		"unknown key":       {"name: x\nnmae: y\n", `f.yaml:2:1: unknown key "nmae"`},
		"unknown key below": {"name: x\nlist:\n  - n: 1\n  - m: 2\n", `f.yaml:4:5: unknown key "m"`},
		"wrong type":        {"name: x\nlist:\n  - n: one\n", "f.yaml:3:8:"},
		"missing":           {"date: 2026-01-01\n", "f.yaml:1:1:"},
		"twice":             {"name: x\nname: y\n", `f.yaml:2:1: "name" is already given in line 1`},
		"empty":             {"", "f.yaml:1:1: the file is empty"},
		"not YAML":          {"name: [\n", "f.yaml:"},
		"alias":             {"name: &a x\ndate: *a\n", "anchors"},
		"a list at the top": {"- x\n", "f.yaml:1:1:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out content
			_, err := datafile.Read("f.yaml", []byte(c.text), s, &out)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.says)
		})
	}
	var out content
	f, err := datafile.Read("f.yaml", []byte("name: x\ndate: 2026-09-15\nlist: [{n: 3}]\n"), s, &out)
	require.NoError(t, err)
	assert.Equal(t, "2026-09-15", out.Date, "a date is the text it is written as")
	assert.Equal(t, 3, out.List[0].N)
	assert.EqualError(t, f.Problem("bad", "list", 0, "n"), "f.yaml:3:12: bad")
}

func FuzzRead(f *testing.F) {
	f.Add("name: x\nlist: [{n: 3}]\n")
	f.Add("a: &a [*a]\n")
	s, err := datafile.Compile("test.json", []byte(schema))
	require.NoError(f, err)
	f.Fuzz(func(_ *testing.T, text string) {
		var out content
		_, _ = datafile.Read("f.yaml", []byte(text), s, &out) // must not panic
	})
}
