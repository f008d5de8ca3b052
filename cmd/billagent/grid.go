package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// grid is a table for a person. Its texts are cut only where it is drawn on a terminal that is too narrow for them.
type grid struct {
	header []string
	rows   [][]string
}

func newGrid(header ...string) *grid { return &grid{header: header} }

// add adds a row. A text of several lines becomes one line.
func (g *grid) add(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = oneLine(fmt.Sprint(c))
	}
	g.rows = append(g.rows, row)
}

func oneLine(s string) string { return strings.NewReplacer("\n", " ", "\t", " ").Replace(plain(s)) }

// Where a table is too wide for its terminal, its widest columns give way, but none below leastWidth.
const (
	leastWidth   = 8
	betweenCells = 2
)

// print draws the table.
func (g *grid) print(w io.Writer) error {
	rows := g.rows
	if width := widthOf(w); width > 0 {
		rows = g.fitted(width)
	}
	t := table.NewWriter()
	style := table.StyleLight
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	style.Options.SeparateHeader = false
	style.Format.Header = text.FormatUpper
	t.SetStyle(style)
	t.AppendHeader(rowOf(g.header))
	for _, r := range rows {
		t.AppendRow(rowOf(r))
	}
	_, err := fmt.Fprintln(w, t.Render())
	return err
}

func rowOf(cells []string) table.Row {
	out := make(table.Row, len(cells))
	for i, c := range cells {
		out[i] = c
	}
	return out
}

// fitted cuts texts until the table is no wider than so many columns of a terminal.
func (g *grid) fitted(width int) [][]string {
	widths := make([]int, len(g.header))
	for _, row := range append([][]string{g.header}, g.rows...) {
		for i, c := range row {
			widths[i] = max(widths[i], text.StringWidthWithoutEscSequences(c))
		}
	}
	for total(widths) > width {
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= leastWidth {
			break
		}
		widths[widest]--
	}
	out := make([][]string, len(g.rows))
	for i, row := range g.rows {
		out[i] = make([]string, len(row))
		for j, c := range row {
			out[i][j] = cut(c, widths[j])
		}
	}
	return out
}

func total(widths []int) int {
	n := 0
	for _, w := range widths {
		n += w + betweenCells
	}
	return n
}

// cut shortens a text to a width, in columns of a terminal.
func cut(s string, width int) string {
	if text.StringWidthWithoutEscSequences(s) <= width {
		return s
	}
	return text.Trim(s, max(0, width-1)) + "…"
}

// widthOf is how many columns a terminal has, 0 where there is none: what goes into a file or a pipe is never cut.
func widthOf(w io.Writer) int {
	f, ok := terminalOf(w)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// drawable says that lines can be drawn anew on a terminal. One that calls itself dumb cannot.
func drawable(v any) (*os.File, bool) {
	f, ok := terminalOf(v)
	kind := os.Getenv("TERM")
	return f, ok && kind != "dumb" && kind != ""
}
