package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal (pty(7)): what a person sees and types, and what the program has.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = person.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

func TestACodeIsAskedForWhereThePersonLooks(t *testing.T) {
	t.Parallel()
	const question = "the code sent to *** 0100: "
	for name, led := range map[string]bool{"standard error on the terminal": false, "standard error led into a file": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			person, program := terminal(t)
			var file bytes.Buffer
			a := &app{stdin: program, stderr: program}
			if led {
				a.stderr = &file
			}
			a.live = newLive(a.stderr)
			type answer struct {
				code string
				err  error
			}
			got := make(chan answer, 1)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			go func() {
				code, err := a.ask()(ctx, question)
				got <- answer{code, err}
			}()
			seen, err := bufio.NewReader(person).ReadString(':')
			require.NoError(t, err)
			assert.Equal(t, "the code sent to *** 0100:", seen)
			_, err = person.WriteString(" 123456 \n")
			require.NoError(t, err)
			require.Equal(t, answer{code: "123456"}, <-got)
			assert.Empty(t, file.String())
		})
	}
	assert.Nil(t, (&app{stdin: &bytes.Buffer{}}).ask(), "nobody is there to type")
}

func TestTheLiveLineIsClearedAndFits(t *testing.T) {
	t.Setenv("TERM", "xterm")
	person, program := terminal(t)
	require.NoError(t, unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 20}))
	l := newLive(program)
	l.show("a step whose name is much too long\x1b[2J")
	l.stop()
	l.stop()
	_, err := program.WriteString("end.")
	require.NoError(t, err)
	seen, err := bufio.NewReader(person).ReadString('.')
	require.NoError(t, err)
	assert.Equal(t, "\r\x1b[K  … a step whose n…\r\x1b[Kend.", seen)
}
