package journal

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrDamaged means that the journal's file cannot be read as one.
var ErrDamaged = errors.New("the journal's file is damaged")

// explained is an error of the database, with ErrDamaged where its file is.
func (j *Journal) explained(err error) error {
	var said *sqlite.Error
	if errors.As(err, &said) && !errors.Is(err, ErrDamaged) {
		switch said.Code() & 0xff { // the rest of an extended code says more of the same
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w (%s): %w", ErrDamaged, j.served, err)
		}
	}
	return err
}
