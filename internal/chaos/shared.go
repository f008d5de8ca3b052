package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/billagent/billagent/internal/journal/journaltest"
)

// shared is what all parts share.
type shared struct {
	settings
	folder  string
	program string
	server  *journaltest.Server // nil: the journals are SQLite files
}

func newShared(ctx context.Context, s settings) (st *shared, err error) {
	st = &shared{settings: s, program: s.binary}
	defer func() {
		if err != nil {
			err = errors.Join(err, st.close())
		}
	}()
	if st.folder, err = os.MkdirTemp("", "billagent-chaos-"); err != nil {
		return st, err
	}
	if st.program == "" {
		st.program = filepath.Join(st.folder, "billagent")
		if err := build(ctx, st.program); err != nil {
			return st, err
		}
	}
	if s.postgres {
		st.server, err = journaltest.Start()
	}
	return st, err
}

// build builds the program.
func build(ctx context.Context, to string) error {
	const what = "github.com/billagent/billagent/cmd/billagent"
	out, err := exec.CommandContext(ctx, "go", "build", "-o", to, what).CombinedOutput()
	if err != nil {
		return fmt.Errorf("building the program: %w: %s", err, out)
	}
	return nil
}

func (st *shared) close() error {
	if st.server != nil {
		st.server.Stop()
	}
	return os.RemoveAll(st.folder)
}

// database says which kind of journal there is.
func (st *shared) database() string {
	if st.postgres {
		return "PostgreSQL"
	}
	return "SQLite"
}
