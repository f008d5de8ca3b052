package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode"

	"github.com/billagent/billagent/internal/userops"
	"golang.org/x/term"
)

// terminalOf returns the file behind a writer or reader if it is a terminal.
func terminalOf(v any) (*os.File, bool) {
	f, ok := v.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// plain shows what could steer a terminal, turn text around or not be seen at all: names come from a page that
// others may write to.
func plain(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || userops.Unseen(r) }) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case userops.Unseen(r) && r > unicode.MaxLatin1, r == 0xad:
			fmt.Fprintf(&b, "<%U>", r)
		case unicode.IsControl(r):
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// bidi says that a sign turns text around.
func bidi(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

// live shows the step under way on the last line of a terminal. Elsewhere it shows nothing.
type live struct {
	mu    sync.Mutex
	out   io.Writer
	width int
	shown bool
}

func newLive(out io.Writer) *live {
	l := &live{}
	if f, ok := drawable(out); ok {
		l.out = out
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			l.width = w
		}
	}
	return l
}

func (l *live) show(step string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.out == nil {
		return
	}
	line := "  … " + plain(step)
	if r := []rune(line); l.width > 4 && len(r) >= l.width {
		line = string(r[:l.width-2]) + "…"
	}
	fmt.Fprintf(l.out, "\r\033[K%s", line)
	l.shown = true
}

// note tells a person something on a line of its own, as while waiting for another process.
func (a *app) note(text string) {
	a.live.stop()
	fmt.Fprintln(a.stderr, plain(text))
}

// stop clears the line, so that what is printed next stands alone.
func (l *live) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.out != nil && l.shown {
		fmt.Fprint(l.out, "\r\033[K")
		l.shown = false
	}
}

// end clears the line, and shows no other.
func (l *live) end() {
	l.stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out = nil
}

// ask returns how to have a person type a code, or nil where standard input is no terminal.
func (a *app) ask() func(ctx context.Context, question string) (string, error) {
	in, ok := terminalOf(a.stdin)
	if !ok {
		return nil
	}
	return func(ctx context.Context, question string) (string, error) {
		a.live.stop()
		if err := a.put(question, in); err != nil {
			return "", fmt.Errorf("asking %q: %w", question, err)
		}
		type line struct {
			text string
			err  error
		}
		got := make(chan line, 1)
		go func() { // ends with the program at the latest: a terminal's read cannot be interrupted
			text, err := bufio.NewReader(in).ReadString('\n')
			got <- line{text, err}
		}()
		select {
		case l := <-got:
			if l.err != nil && !errors.Is(l.err, io.EOF) {
				return "", l.err
			}
			return strings.TrimSpace(l.text), nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// put shows a question where the person who must answer it looks: on standard error, or on the terminal itself
// where that is led elsewhere. A terminal that was opened for reading alone cannot show it.
func (a *app) put(question string, in *os.File) error {
	if _, ok := terminalOf(a.stderr); !ok {
		if _, err := io.WriteString(in, question); err == nil {
			return nil
		}
	}
	_, err := io.WriteString(a.stderr, question)
	return err
}
