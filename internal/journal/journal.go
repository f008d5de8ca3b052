// Package journal keeps every requested change as an operation, from request to outcome, so that nothing is done twice
// and nothing is forgotten whatever process or machine ends when. It also keeps who may act for a tenant now (leases)
// and whether anybody may (freezes). It is the truth about operations; it does not carry them out.
package journal

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite", without cgo
)

//go:embed migrations/*.sql
var migrations embed.FS

// Journal is a database of operations. It may be used from several goroutines and processes.
type Journal struct {
	db     *sql.DB
	clock  string // SQL for the database's time in microseconds: machines that share a database need not agree on theirs
	folded string // SQL for an e-mail as userops.FoldEmail makes it: ASCII letters only
	lock   string // SQL that keeps a second process from migrating at the same time
	write  func(name string) error
	served string
	file   string // of SQLite; empty: PostgreSQL
}

// Options are for tests.
type Options struct {
	// Write is told of each write before and after it ("begin", "begin done", …). An error it returns before a write
	// stands for a write that failed.
	Write func(name string) error
}

// Open opens a journal, and makes or migrates its tables. where is a postgres:// address, or the path of a SQLite file,
// whose folder is made with mode 0700. The error wraps fs.PathError for a file that cannot be used.
func Open(ctx context.Context, where string, o Options) (*Journal, error) {
	j := &Journal{write: o.Write, served: "SQLite file " + where}
	if j.write == nil {
		j.write = func(string) error { return nil }
	}
	var err error
	if strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://") {
		j.served = "PostgreSQL"
		j.clock = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
		j.folded = `lower(email COLLATE "C")`
		j.lock = "SELECT pg_advisory_xact_lock(6241983)"
		j.db, err = sql.Open("pgx", where)
	} else {
		j.clock = "CAST(unixepoch('subsec') * 1000000 AS INTEGER)"
		j.folded = "lower(email)"
		j.lock = "SELECT 1" // the transaction itself is immediate
		j.file = where
		j.db, err = openFile(where)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the journal (%s): %w", j.served, err)
	}
	if err := j.migrate(ctx, len(versions())); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the journal (%s): %w", j.served, err), j.db.Close())
	}
	return j, nil
}

func openFile(path string) (*sql.DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // the driver would make it readable for others
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	// FULL: a committed intent is on the disk. One connection: SQLite has one writer anyway.
	q := url.Values{"_pragma": {"busy_timeout(20000)", "journal_mode(WAL)", "synchronous(FULL)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// Close closes the database.
func (j *Journal) Close() error { return j.db.Close() }

// String says where the journal is, without a password.
func (j *Journal) String() string { return j.served }

// versions are the migrations in order.
func versions() []string {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil { // only a malformed pattern
		return nil
	}
	return names
}

// ErrNewer means that a newer version of the program has been at the journal.
var ErrNewer = errors.New("the journal was written by a newer version of billagent")

// migrate brings the tables up to the n-th version.
func (j *Journal) migrate(ctx context.Context, n int) error {
	return j.tx(ctx, "migrate", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, j.lock); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"); err != nil {
			return err
		}
		var have int
		if err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM schema_version").Scan(&have); err != nil {
			return err
		}
		if have > len(versions()) {
			return fmt.Errorf("%w: its version is %d, known are %d", ErrNewer, have, len(versions()))
		}
		for v := have + 1; v <= n; v++ {
			text, err := migrations.ReadFile(versions()[v-1])
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, string(text)); err != nil {
				return fmt.Errorf("%s: %w", versions()[v-1], err)
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO schema_version (version) VALUES ($1)", v); err != nil {
				return err
			}
		}
		return nil
	})
}

// tx does something in one transaction, whole or not at all.
func (j *Journal) tx(ctx context.Context, name string, do func(*sql.Tx) error) error {
	if err := j.write(name); err != nil {
		return err
	}
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return j.explained(err)
	}
	if err := do(tx); err != nil {
		return errors.Join(j.explained(err), ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return j.explained(err)
	}
	return j.write(name + " done")
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
