package service_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/secret"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// people are active users of the bundled console.
var people = []string{"ann@acme.example", "joann@acme.example", "fiona.approver@acme.example", "siobhan.o'brien@acme.example"}

// serve makes a service of tenants that are served over SCIM, so that no browser is needed.
func serve(t *testing.T, tenants ...string) (*service.Service, map[string]*console.Console) {
	t.Helper()
	s, _, consoles := serveConfigured(t, tenants...)
	return s, consoles
}

func serveConfigured(t *testing.T, tenants ...string) (*service.Service, *config.Config, map[string]*console.Console) {
	t.Helper()
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	require.NoError(t, os.WriteFile(token, []byte(console.SCIMToken), 0o600))
	c := &config.Config{State: filepath.Join(dir, "state"), Tenants: map[string]config.Tenant{}}
	consoles := map[string]*console.Console{}
	for _, name := range tenants {
		con, err := console.Start(console.Options{Enterprise: true, Users: 12})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, con.Close()) })
		consoles[name] = con
		c.Tenants[name] = config.Tenant{Path: "scim", SCIM: config.SCIM{
			URL: con.SCIMURL(), Auth: config.SCIMAuth{Token: secret.Ref("file:" + token)}, Map: config.SCIMMap{Pending: console.SCIMExtension + ":pending"},
		}}
	}
	s := service.New(c, service.Options{})
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s, c, consoles
}

// roles are requests that give each of the people a role.
func roles(t *testing.T, role string) (out []userops.Checked) {
	for _, email := range people {
		out = append(out, useropstest.Checked(t, useropstest.SetRole(email, role)))
	}
	return out
}

var by = service.Asked{By: "root@test"}

// changes counts what a console has stored about each of the people.
func changes(con *console.Console) (out []int) {
	for _, email := range people {
		n := 0
		for _, c := range con.Changes() {
			if c.Email == email {
				n++
			}
		}
		out = append(out, n)
	}
	return out
}

// pausing is a sink that pauses after the first result, until it is told to go on.
func pausing() (sink event.Sink, paused, goOn chan struct{}) {
	paused, goOn = make(chan struct{}), make(chan struct{})
	var once sync.Once
	return func(e event.Event) {
		if _, ok := e.(event.Ended); ok {
			once.Do(func() { close(paused); <-goOn })
		}
	}, paused, goOn
}

// TestReadingComesBetweenTheChangesOfABatch reads while a batch is under way, and changes another tenant.
func TestReadingComesBetweenTheChangesOfABatch(t *testing.T) {
	t.Parallel()
	s, consoles := serve(t, "acme", "other")
	sink, paused, goOn := pausing()
	var results []userops.Result
	var wg sync.WaitGroup
	wg.Go(func() {
		var err error
		results, err = s.Do(t.Context(), "acme", roles(t, "Accountant"), by, sink)
		assert.NoError(t, err)
	})
	<-paused
	u, err := s.User(t.Context(), "acme", people[0], nil)
	require.NoError(t, err)
	assert.Equal(t, "Accountant", u.Role)
	u, err = s.User(t.Context(), "acme", people[1], nil)
	require.NoError(t, err)
	assert.NotEqual(t, "Accountant", u.Role, "the batch goes on only when it may")
	there, err := s.Do(t.Context(), "other", roles(t, "Accountant")[:1], by, nil)
	require.NoError(t, err)
	assert.Equal(t, userops.Done, there[0].Outcome)

	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = s.Do(short, "acme", roles(t, "Clerk")[:1], by, nil)
	require.ErrorIs(t, err, userops.ErrTimeout, "another change of the tenant waits for the batch")
	close(goOn)
	wg.Wait()
	require.Len(t, results, len(people))
	for _, r := range results {
		assert.Equal(t, userops.Done, r.Outcome, r.Reason)
	}
	assert.Equal(t, []int{1, 1, 1, 1}, changes(consoles["acme"]))
	assert.Equal(t, []int{1, 0, 0, 0}, changes(consoles["other"]))
}

// TestAChangeThatIsKeptFromBeginningEndsWithAnOutcome has the console not be there when it is counted how many would lose
// access, which few before it have made needed.
func TestAChangeThatIsKeptFromBeginningEndsWithAnOutcome(t *testing.T) {
	t.Parallel()
	s, consoles := serve(t, "acme")
	remove := func(email string) userops.Checked {
		return useropstest.Checked(t, userops.Request{Action: userops.Deactivate, Email: email})
	}
	for _, email := range people[:3] {
		done, err := s.Do(t.Context(), "acme", []userops.Checked{remove(email)}, by, nil)
		require.NoError(t, err)
		require.Equal(t, userops.Done, done[0].Outcome, done[0].Reason)
	}
	require.NoError(t, consoles["acme"].AddFault(console.Fault{Name: "error-500"}))
	results, err := s.Do(t.Context(), "acme", []userops.Checked{remove(people[3])}, by, nil)
	require.NoError(t, err)
	require.Len(t, results, 1)
	assert.Equal(t, userops.Halted, results[0].Outcome)
	assert.NotEmpty(t, results[0].Reason)
	kept, err := s.Operations(t.Context(), journal.Filter{Tenant: "acme", Email: people[3]})
	require.NoError(t, err)
	require.Len(t, kept, 1, "it is written down")
	assert.Equal(t, userops.Halted, kept[0].Outcome)
}

// TestABatchThatIsStoppedCanBeGoneOnWith ends the caller's context after the first change, for want of somebody who
// reads.
func TestABatchThatIsStoppedCanBeGoneOnWith(t *testing.T) {
	t.Parallel()
	s, consoles := serve(t, "acme")
	ctx, stop := context.WithCancelCause(t.Context())
	id := ""
	results, err := s.Do(ctx, "acme", roles(t, "Accountant"), by, func(e event.Event) {
		switch e := e.(type) {
		case event.Begun:
			id = e.Batch
		case event.Ended:
			stop(&userops.Error{Act: "printing", Kind: userops.ErrOutput, Cause: errors.New("a broken pipe")})
		}
	})
	require.NoError(t, err)
	require.Len(t, results, len(people))
	assert.Equal(t, userops.Done, results[0].Outcome)
	for _, r := range results[1:] {
		assert.Equal(t, userops.Halted, r.Outcome)
		assert.EqualValues(t, "output", r.Code)
		assert.Contains(t, r.Reason, "a broken pipe")
	}
	assert.Equal(t, []int{1, 0, 0, 0}, changes(consoles["acme"]))
	b, err := s.Batch(t.Context(), id)
	require.NoError(t, err)
	assert.Len(t, service.Left(b), 3)

	var resumed []event.Resumed
	results, err = s.Resume(t.Context(), id, by, func(e event.Event) {
		if r, ok := e.(event.Resumed); ok {
			resumed = append(resumed, r)
		}
	})
	require.NoError(t, err)
	assert.Equal(t, []event.Resumed{{Tenant: "acme", Batch: id, Left: 3, Of: 4}}, resumed)
	require.Len(t, results, 3)
	assert.Equal(t, []int{1, 1, 1, 1}, changes(consoles["acme"]))
	report, err := s.Verify(t.Context(), "", "")
	require.NoError(t, err)
	assert.Empty(t, report.Findings)
}

// TestClosingWaitsForWhatIsUnderWay closes a service in the middle of a batch.
func TestClosingWaitsForWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	s, c, consoles := serveConfigured(t, "acme")
	ctx, cancel := context.WithCancel(t.Context())
	sink, paused, goOn := pausing()
	var results []userops.Result
	var wg sync.WaitGroup
	wg.Go(func() {
		var err error
		results, err = s.Do(ctx, "acme", roles(t, "Accountant"), by, sink)
		assert.NoError(t, err)
	})
	<-paused
	closed := make(chan struct{})
	wg.Go(func() {
		assert.NoError(t, s.Close())
		close(closed)
	})
	require.Eventually(t, func() bool {
		_, err := s.Operations(t.Context(), journal.Filter{})
		return errors.Is(err, userops.ErrCancelled)
	}, 10*time.Second, time.Millisecond, "nothing new is taken")
	select {
	case <-closed:
		t.Fatal("it closed under a batch")
	case <-time.After(100 * time.Millisecond): // closing what nobody uses takes a few
	}
	cancel()
	close(goOn)
	wg.Wait()
	require.Len(t, results, len(people))
	assert.Equal(t, userops.Done, results[0].Outcome)
	assert.Equal(t, userops.Halted, results[1].Outcome)
	assert.Equal(t, []int{1, 0, 0, 0}, changes(consoles["acme"]))
	require.NoError(t, s.Close(), "closing twice is harmless")
	later := service.New(c, service.Options{})
	t.Cleanup(func() { assert.NoError(t, later.Close()) })
	ops, err := later.Operations(t.Context(), journal.Filter{UnderWay: true})
	require.NoError(t, err)
	assert.Empty(t, ops)
	ops, err = later.Operations(t.Context(), journal.Filter{Tenant: "acme"})
	require.NoError(t, err)
	assert.Len(t, ops, len(people), "what was halted is written down, too")
}

// TestAFreezeStopsChangesAndIsToldOnce freezes a tenant while it is served.
func TestAFreezeStopsChangesAndIsToldOnce(t *testing.T) {
	t.Parallel()
	s, consoles := serve(t, "acme")
	require.NoError(t, s.Freeze(t.Context(), journal.Freeze{Tenant: "acme", Reason: "drill", By: "eve"}, nil))
	results, err := s.Do(t.Context(), "acme", roles(t, "Accountant"), by, nil)
	require.NoError(t, err)
	for _, r := range results {
		assert.Equal(t, userops.Refused, r.Outcome)
		assert.EqualValues(t, "frozen", r.Code)
	}
	was, err := s.Thaw(t.Context(), "acme", "eve")
	require.NoError(t, err)
	assert.True(t, was)
	all, err := s.Batches(t.Context(), "acme", 0)
	require.NoError(t, err)
	require.Len(t, all, 1)
	_, err = s.Resume(t.Context(), all[0].ID, by, nil)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 1, 1, 1}, changes(consoles["acme"]), "what was refused by the freeze alone is gone on with")
	report, err := s.Verify(t.Context(), "", "")
	require.NoError(t, err)
	assert.Empty(t, report.Findings)
}
