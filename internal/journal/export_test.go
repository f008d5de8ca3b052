package journal

import (
	"context"
	"database/sql"
)

// Versions is how many migrations there are.
func Versions() int { return len(versions()) }

// Migrate brings an opened database up to the n-th version only.
func (j *Journal) Migrate(ctx context.Context, n int) error { return j.migrate(ctx, n) }

// DB is the database itself.
func (j *Journal) DB() *sql.DB { return j.db }

// OpenEmpty opens a database without migrating it.
func OpenEmpty(path string) (*Journal, error) {
	db, err := openFile(path)
	return &Journal{db: db, lock: "SELECT 1", write: func(string) error { return nil }}, err
}

// Holder is how a worker is written in the database.
func (w Worker) Holder() string { return w.encode() }
