package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pages are as many people as a list needs to have several pages in every layout.
const pages = 120

// firstLine has something done when the first user is printed.
type firstLine struct {
	bytes.Buffer
	then func()
}

// Write implements io.Writer.
func (w *firstLine) Write(b []byte) (int, error) {
	if w.then != nil && bytes.Contains(b, []byte("@")) {
		w.then()
		w.then = nil
	}
	return w.Buffer.Write(b)
}

// streamed is what a stream printed.
type streamed struct {
	code  int
	users []userops.User
	end   streamEnd
}

// streams are the arguments by which everybody is listed as a stream of records.
func streams(file string) []string {
	return []string{"--config", file, "users", "list", "--status", "all", "--stream", "-o", "ndjson"}
}

// streamOf lists everybody as a stream of records, and has something done when the first of them is printed.
func streamOf(t *testing.T, file string, then func()) streamed {
	t.Helper()
	out, complaints := &firstLine{then: then}, &bytes.Buffer{}
	s := streamed{code: lending(strings.NewReader(""), out, complaints).execute(t.Context(), streams(file))}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, line := range lines {
		var record map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(line), &record), line)
		require.Len(t, record, 1, line)
		if i == len(lines)-1 {
			require.NoError(t, json.Unmarshal(record["end"], &s.end), "the last record is the end: %s\n%s", line, complaints)
			break
		}
		var u userops.User
		require.NoError(t, json.Unmarshal(record["user"], &u), line)
		s.users = append(s.users, u)
	}
	assert.Len(t, s.users, s.end.Users, "the end says how many were printed")
	assert.Equal(t, s.end.Complete, s.code == 0, "%+v", s.end)
	return s
}

// emails are those of users, in order.
func emails(users []userops.User) (out []string) {
	for _, u := range users {
		out = append(out, u.Email)
	}
	slices.Sort(out)
	return out
}

func stored(con *console.Console) (out []string) {
	for _, u := range con.Users() {
		out = append(out, u.Email)
	}
	slices.Sort(out)
	return out
}

// TestAStreamIsTheListAsItIsStored also shows that somebody is printed before the list is read to its end, that those
// who are listed in an odd way are in the end, and that nobody is printed twice although the list is read twice.
func TestAStreamIsTheListAsItIsStored(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo", Users: pages})
	require.NoError(t, con.AddDifference("person-without-name"))
	before := 0
	s := streamOf(t, file, func() { before = len(con.Requests()) })
	require.Equal(t, 0, s.code, "%+v", s.end)
	assert.Equal(t, stored(con), emails(s.users))
	assert.Empty(t, s.end.Withdrawn)
	require.Len(t, s.end.Notices, 1)
	assert.Contains(t, s.end.Notices[0].Notice, "it shows no name")
	for _, u := range s.users {
		assert.Empty(t, u.Notice)
	}
	assert.Less(t, before+4, len(con.Requests()), "pages were loaded after somebody was printed")

	out := command(t, "--config", file, "users", "list", "--stream", "--status", "inactive")
	require.Equal(t, 0, out.code, out.stderr)
	lines := strings.Split(strings.TrimSpace(out.stdout), "\n")
	assert.Contains(t, lines[len(lines)-1], "complete: ")
	assert.Contains(t, out.stdout, "gone@acme.example")
	assert.NotContains(t, out.stdout, "ann@acme.example")
}

func TestAStreamThatIsNotCompleteSaysSoInItsEnd(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo", Users: 20})
	require.NoError(t, con.AddDifference("search-remembered"))
	s := streamOf(t, file, nil)
	assert.Equal(t, 2, s.code)
	assert.NotEmpty(t, s.end.Error)
	assert.Equal(t, userops.CodeOf(userops.ErrIncomplete), s.end.Code)
	out := command(t, "--config", file, "users", "list", "--stream")
	assert.Equal(t, 2, out.code)
	lines := strings.Split(strings.TrimSpace(out.stdout), "\n")
	assert.True(t, strings.HasPrefix(lines[len(lines)-1], "NOT COMPLETE"), out.stdout)
}

// TestAStreamOfAnotherOrganisationSaysSoInItsEnd has the session switched when the frame of the list is loaded: its
// rows are of another organisation, which is seen when it is asked again.
func TestAStreamOfAnotherOrganisationSaysSoInItsEnd(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "classic", Users: 20})
	require.NoError(t, con.AddDifference("switched-before-list"))
	s := streamOf(t, file, nil)
	assert.Equal(t, 2, s.code)
	assert.Equal(t, userops.CodeOf(userops.ErrOrganisation), s.end.Code, "%+v", s.end)
	assert.NotEmpty(t, s.users, "they were printed before it was known")
}

// edited has somebody else change the users of a console.
func edited(con *console.Console, edit func(users []*console.User) []*console.User) func() {
	return func() {
		con.Edit("another administrator", func(o *console.Organisation) { o.Users = edit(o.Users) })
	}
}

func TestWhoComesWhileAListIsReadIsPrinted(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo", Users: pages})
	s := streamOf(t, file, edited(con, func(users []*console.User) []*console.User {
		late := *users[len(users)-1]
		late.ID, late.Email = "00601late0", "late@acme.example"
		return slices.Insert(users, 0, &late) // before those who were read
	}))
	require.Equal(t, 0, s.code, "%+v", s.end)
	assert.Equal(t, stored(con), emails(s.users))
}

// TestWhoIsPrintedIsListedSoInTheEnd has one deleted and one deactivated while the list is read, after they were
// printed.
func TestWhoIsPrintedIsListedSoInTheEnd(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo", Users: pages})
	s := streamOf(t, file, edited(con, func(users []*console.User) []*console.User {
		for _, u := range users {
			if u.Email == "joann@acme.example" {
				u.Status = console.Inactive
			}
		}
		return slices.DeleteFunc(users, func(u *console.User) bool { return u.Email == "ann@acme.example" })
	}))
	assert.Equal(t, 2, s.code)
	assert.NotEmpty(t, s.end.Proof, "the list itself is complete: %+v", s.end)
	assert.Equal(t, []string{"ann@acme.example", "joann@acme.example"}, emails(s.end.Withdrawn))
	for _, u := range s.end.Withdrawn {
		assert.Equal(t, userops.Active, u.Status, "as they were printed")
	}
}

func TestASignInThatEndsPrintsNobodyTwice(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo", Users: pages})
	s := streamOf(t, file, func() { con.EndSessions() })
	require.Equal(t, 0, s.code, "%+v", s.end)
	assert.Equal(t, stored(con), emails(s.users))
}

// slow is an output that takes nothing until it may.
type slow struct {
	may <-chan struct{}
	bytes.Buffer
}

// Write implements io.Writer.
func (w *slow) Write(b []byte) (int, error) {
	<-w.may
	return w.Buffer.Write(b)
}

// closed takes one line, as a pipe to head -1 does.
type closed struct{ lines int }

// Write implements io.Writer.
func (w *closed) Write(b []byte) (int, error) {
	if w.lines++; w.lines > 1 {
		return 0, syscall.EPIPE
	}
	return len(b), nil
}

// TestAListThatNobodyReadsEnds judges by how many pages of the list are loaded: read to its end it is ten.
func TestAListThatNobodyReadsEnds(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo", Users: pages})
	complaints := &bytes.Buffer{}
	code := lending(strings.NewReader(""), &closed{}, complaints).execute(t.Context(), streams(file))
	assert.Equal(t, userops.Halted.ExitCode(), code)
	assert.Contains(t, complaints.String(), `"code":"output"`)
	loaded := 0
	for _, q := range con.Requests() {
		if strings.Contains(q.Path, "/users?") {
			loaded++
		}
	}
	assert.Less(t, loaded, 6)
}

func TestASlowReaderKeepsNobodyFromBeingRead(t *testing.T) {
	t.Parallel()
	may := make(chan struct{})
	out := &slow{may: may}
	s := (&app{output: "ndjson", stdout: out, live: &live{}}).newStream(func(error) {})
	var all []userops.User
	for i := range 1000 {
		all = append(all, userops.User{Email: fmt.Sprintf("u%d@acme.example", i)})
	}
	told := make(chan struct{})
	go func() {
		defer close(told)
		for _, u := range all {
			s.tell(event.Read{User: u})
		}
	}()
	select {
	case <-told:
	case <-time.After(30 * time.Second):
		require.Fail(t, "who was read waits for the output")
	}
	close(may)
	require.NoError(t, s.end("demo", all, userops.Listing{Complete: true}, nil))
	assert.Equal(t, len(all)+1, strings.Count(out.String(), "\n"))
}
