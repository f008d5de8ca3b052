package automation_test

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// coloured is a list under a red bar whose rows of two people are green.
func coloured() string {
	var b strings.Builder
	b.WriteString(`<style>body { margin: 0 } table { width: 100% } tr { height: 30px } .green { background: rgb(0, 200, 0) }</style>
		<div style="height: 60px; background: rgb(200, 0, 0)"></div><table id=t><thead><tr><th>Email<tbody>`)
	for i := range 200 {
		class := map[bool]string{true: "green"}[i == 2 || i == 150]
		fmt.Fprintf(&b, `<tr class="%s"><td>p%d@x.com</td></tr>`, class, i)
	}
	return b.String() + `</table>`
}

// TestARowIsPicturedWhereverItStands is about one near the top of a list, one far down, and one that is not there, in a
// page that is scrolled and in a frame that is.
func TestARowIsPicturedWhereverItStands(t *testing.T) {
	t.Parallel()
	table := &selectors.Target{Name: "list", Candidates: []selectors.Candidate{{CSS: "#t"}}, Table: &selectors.Table{Rows: "tbody > tr", Key: "email",
		Columns: map[string]selectors.Column{"email": {Candidates: []selectors.Candidate{{CSS: "td"}}}}}}
	framed := *table
	framed.Within = css("iframe")
	for name, c := range map[string]struct {
		body  string
		table *selectors.Target
	}{
		"page":  {coloured(), table},
		"frame": {`<style>body { margin: 0 }</style><iframe src=/list style="border: 0; width: 100%; height: 900px"></iframe>`, &framed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.body, part{path: "/list", body: coloured()})
			_, err := w.ReadTable(t.Context(), automation.Reading{Table: c.table, Bound: 20 * time.Second}) // it is there
			require.NoError(t, err)
			dir := t.TempDir()
			ev, err := automation.NewEvidence(dir)
			require.NoError(t, err)
			for _, who := range []string{"p2", "p150", "nobody"} {
				require.NoError(t, ev.RowPictures(t.Context(), w.Page, who, c.table, who+"@x.com"))
			}
			require.NoError(t, ev.Close())
			all, err := filepath.Glob(filepath.Join(dir, "*.png"))
			require.NoError(t, err)
			require.Len(t, all, 4, "%v", all)
			near, far, head, none := picture(t, all[0]), picture(t, all[1]), picture(t, all[2]), picture(t, all[3])
			red, green := color.RGBA{200, 0, 0, 255}, color.RGBA{0, 200, 0, 255}
			assert.Equal(t, red, near.At(1000, 5))
			assert.Positive(t, count(near, green), "the row is in it")
			assert.Less(t, near.Bounds().Dy(), 300)
			assert.Equal(t, red, head.At(1000, 5), "what is above the list says whose it is")
			assert.Zero(t, count(head, green))
			assert.Less(t, head.Bounds().Dy(), 120)
			assert.Equal(t, green, far.At(1000, far.Bounds().Dy()/2), "the row is in the middle")
			assert.Less(t, far.Bounds().Dy(), 200)
			assert.Equal(t, image.Pt(1280, 1000), none.Bounds().Size(), "the whole of what is shown")
		})
	}
}

func picture(t *testing.T, file string) image.Image {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	out, err := png.Decode(f)
	require.NoError(t, err)
	rgba := image.NewRGBA(out.Bounds())
	for y := range out.Bounds().Dy() {
		for x := range out.Bounds().Dx() {
			rgba.Set(x, y, out.At(x, y))
		}
	}
	return rgba
}

// count is how many pixels of one column of a picture have a colour.
func count(of image.Image, c color.Color) (n int) {
	for y := range of.Bounds().Dy() {
		if of.At(1000, y) == c {
			n++
		}
	}
	return n
}
