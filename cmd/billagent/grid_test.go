package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func longGrid() *grid {
	g := newGrid("Email", "Why")
	g.add("a-very-long-address-of-somebody@acme.example", strings.Repeat("reason ", 20)+"\nend")
	g.add("ann@acme.example", "short")
	return g
}

// TestATableFitsItsTerminalAndIsNeverCutElsewhere draws the same table on a terminal and into a pipe.
func TestATableFitsItsTerminalAndIsNeverCutElsewhere(t *testing.T) {
	t.Parallel()
	var piped bytes.Buffer
	require.NoError(t, longGrid().print(&piped))
	assert.Contains(t, piped.String(), strings.Repeat("reason ", 20)+" end")
	person, program := terminal(t)
	require.NoError(t, unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 60}))
	require.NoError(t, longGrid().print(program))
	seen := bufio.NewReader(person)
	for range 3 {
		line, err := seen.ReadString('\n')
		require.NoError(t, err)
		assert.LessOrEqual(t, text.StringWidthWithoutEscSequences(strings.TrimRight(line, "\r\n")), 60, line)
	}
}

func TestWhatIsNotSeenIsShown(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"an\u200bn": "an<U+200B>n", "\u202eelcric": "<U+202E>elcric", "so\u00adft": "so<U+00AD>ft", "\ufeffx": "<U+FEFF>x", "a\x1b[2Jb": "a\ufffd[2Jb", "Zoë": "Zoë", "ليلى": "ليلى",
	} {
		assert.Equal(t, want, plain(in))
	}
}

// TestRecordsAreHarmless has texts that steer a terminal or that a spreadsheet would take for a formula.
func TestRecordsAreHarmless(t *testing.T) {
	t.Parallel()
	nasty := [][]string{{
		"=HYPERLINK(\"http://x\")", "+1", "-1", "@sum", "＝1", "a\x1b[2Jb", "two\nlines", "\u202exyz", "\t=1", "\u200b=1", "\u00a0-1", "plain", "",
	}}
	header := make([]string, len(nasty[0]))
	for raw, want := range map[bool][]string{
		false: {"'=HYPERLINK(\"http://x\")", "'+1", "'-1", "'@sum", "'＝1", "a\ufffd[2Jb", "two lines", "\ufffdxyz", "' =1", "'\u200b=1", "'\u00a0-1", "plain", ""},
		true:  nasty[0],
	} {
		var out bytes.Buffer
		a := &app{stdout: &out, raw: raw}
		require.NoError(t, a.writeRecords(header, [][]string{append([]string{}, nasty[0]...)}))
		got, err := csv.NewReader(&out).ReadAll()
		require.NoError(t, err)
		assert.Equal(t, want, got[1])
	}
}

func TestNothingIsDrawnOverADumbTerminal(t *testing.T) {
	_, program := terminal(t)
	for term, draws := range map[string]bool{"dumb": false, "": false, "xterm": true} {
		t.Setenv("TERM", term)
		_, ok := drawable(program)
		assert.Equal(t, draws, ok, term)
		assert.Equal(t, draws, newLive(program).out != nil, term)
	}
}
