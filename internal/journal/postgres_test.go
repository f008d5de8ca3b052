package journal_test

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/billagent/billagent/internal/journal/journaltest"
	"github.com/stretchr/testify/require"
)

// server is a PostgreSQL server for the tests of this package, nil where it is not installed.
var server *journaltest.Server

func TestMain(m *testing.M) {
	var err error
	if server, err = journaltest.Start(); err != nil && !errors.Is(err, journaltest.ErrMissing) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if server != nil {
		server.Stop()
	}
	os.Exit(code)
}

var databases atomic.Int64

// database makes an empty database and returns its address.
func database(t *testing.T) string {
	t.Helper()
	if server == nil {
		t.Skip(journaltest.ErrMissing.Error())
	}
	address, err := server.Database(t.Context(), fmt.Sprintf("j%d", databases.Add(1)))
	require.NoError(t, err)
	return address
}
