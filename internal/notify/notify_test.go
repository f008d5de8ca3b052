package notify_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/journal/journaltest"
	"github.com/billagent/billagent/internal/notify"
	"github.com/billagent/billagent/internal/secret"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
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

// onEach runs a test with a journal of each kind, which open opens once more.
func onEach(t *testing.T, test func(t *testing.T, open func() *journal.Journal)) {
	t.Parallel()
	run := func(where func(t *testing.T) string) func(t *testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			at := where(t)
			test(t, func() *journal.Journal {
				j, err := journal.Open(t.Context(), at, journal.Options{})
				require.NoError(t, err)
				t.Cleanup(func() { assert.NoError(t, j.Close()) })
				return j
			})
		}
	}
	t.Run("SQLite", run(func(t *testing.T) string { return filepath.Join(t.TempDir(), "journal.db") }))
	t.Run("PostgreSQL", run(func(t *testing.T) string {
		if server == nil {
			t.Skip(journaltest.ErrMissing.Error())
		}
		address, err := server.Database(t.Context(), fmt.Sprintf("n%d", databases.Add(1)))
		require.NoError(t, err)
		return address
	}))
}

func onSQLite(t *testing.T) *journal.Journal {
	j, err := journal.Open(t.Context(), filepath.Join(t.TempDir(), "journal.db"), journal.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, j.Close()) })
	return j
}

var noon = time.Date(2026, 12, 4, 12, 0, 0, 0, time.UTC)

// plan schedules the offboarding of somebody of acme, which is told.
func plan(t *testing.T, j *journal.Journal, email string) journal.Schedule {
	t.Helper()
	made, failed, err := j.Schedule(t.Context(), []journal.Schedule{{Tenant: "acme", Email: email, At: noon, Asked: "12:00", Zone: "UTC", Reason: "HR-1 is her number",
		RequestedBy: "root@test"}})
	require.NoError(t, err)
	require.Empty(t, failed)
	require.NoError(t, j.ScheduleAudited(t.Context(), made))
	return made[0]
}

// ref keeps a secret in a file.
func ref(t *testing.T, text string) secret.Ref {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return secret.Ref("file:" + file)
}

var key = "whsec_" + base64.StdEncoding.EncodeToString([]byte("an invented key of 32 bytes ...."))

// hook is a receiver of webhooks that verifies each.
type hook struct {
	*httptest.Server
	fail atomic.Int64 // so many more are answered with an error

	mu  sync.Mutex
	ids []string // of those it was sent, also of those it failed
	got []message
}

type message struct {
	Type string `json:"type"`
	Data struct{ ID, Kind, Tenant, Schedule, Email, Text, Receiver, Due string }
	raw  string
}

func newHook(t *testing.T) *hook {
	h := &hook{}
	verifies, err := standardwebhooks.NewWebhook(key)
	require.NoError(t, err)
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.NoError(t, verifies.Verify(body, r.Header))
		m := message{raw: string(body)}
		assert.NoError(t, json.Unmarshal(body, &m))
		h.mu.Lock()
		defer h.mu.Unlock()
		h.ids = append(h.ids, r.Header.Get("webhook-id"))
		assert.Equal(t, r.Header.Get("webhook-id"), m.Data.ID)
		if h.fail.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		h.got = append(h.got, m)
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) all() ([]message, []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]message{}, h.got...), append([]string{}, h.ids...)
}

func (h *hook) await(t *testing.T, n int) []message {
	t.Helper()
	require.Eventually(t, func() bool { got, _ := h.all(); return len(got) >= n }, 30*time.Second, 10*time.Millisecond)
	got, _ := h.all()
	return got
}

func webhook(t *testing.T, url string) config.Receiver {
	return config.Receiver{Type: "webhook", URL: secret.Ref(url), Secret: ref(t, key), GiveUp: 3}
}

// start runs a notifier, and returns what stops it and waits for it.
func start(t *testing.T, j *journal.Journal, receivers map[string]config.Receiver, edit func(o *notify.Options)) (stop func()) {
	t.Helper()
	o := notify.Options{Config: &config.Config{Notify: receivers, Schedule: config.Schedule{Grace: time.Minute}, Tenants: map[string]config.Tenant{"acme": {}, "other": {}}},
		Journal: j, Poll: 10 * time.Millisecond, Rest: func(int) time.Duration { return 10 * time.Millisecond }, Bound: 5 * time.Second}
	if edit != nil {
		edit(&o)
	}
	n, err := notify.New(o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { defer close(done); n.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

func awaitNone(t *testing.T, j *journal.Journal) {
	t.Helper()
	require.Eventually(t, func() bool {
		waiting, err := j.WaitingDeliveries(t.Context())
		return assert.NoError(t, err) && len(waiting) == 0
	}, 30*time.Second, 10*time.Millisecond)
}

func TestAMessageIsTriedUntilItIsDeliveredWithOneID(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		j, h := open(), newHook(t)
		h.fail.Store(3)
		s := plan(t, j, "ann@acme.example")
		start(t, j, map[string]config.Receiver{"hook": webhook(t, h.URL)}, nil)
		h.await(t, 1)
		awaitNone(t, j)
		got, ids := h.all()
		require.Len(t, got, 1)
		require.Len(t, ids, 4)
		for _, id := range ids {
			assert.Equal(t, ids[0], id)
		}
		assert.Equal(t, "billagent.scheduled", got[0].Type)
		assert.Equal(t, s.ID, got[0].Data.Schedule)
		assert.Equal(t, noon.Format(time.RFC3339), got[0].Data.Due)
		assert.NotContains(t, got[0].raw, "ann@", "whom it is about")
		assert.NotContains(t, got[0].raw, "HR-1", "what a person wrote")
		assert.NotContains(t, got[0].raw, "root@test", "who asked")
	})
}

func TestWhatIsNotDeliveredWhenADaemonEndsIsByTheNext(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		h := newHook(t)
		h.fail.Store(1 << 30)
		first := open()
		plan(t, first, "ann@acme.example")
		receivers := map[string]config.Receiver{"hook": webhook(t, h.URL)}
		stop := start(t, first, receivers, nil)
		require.Eventually(t, func() bool { _, ids := h.all(); return len(ids) > 1 }, 30*time.Second, 10*time.Millisecond)
		stop()
		h.fail.Store(0)
		_, before := h.all()
		plan(t, first, "bob@acme.example") // while none runs
		second := open()
		start(t, second, receivers, nil)
		got := h.await(t, 2)
		awaitNone(t, second)
		assert.Contains(t, []string{got[0].Data.ID, got[1].Data.ID}, before[0], "the id outlives the process")
		assert.Len(t, got, 2)
	})
}

func TestTwoDaemonsDeliverAMessageOnce(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		h, j, other := newHook(t), open(), open()
		receivers := map[string]config.Receiver{"hook": webhook(t, h.URL)}
		start(t, j, receivers, nil)
		start(t, other, receivers, nil)
		const n = 20
		for i := range n {
			plan(t, j, fmt.Sprintf("p%d@acme.example", i))
		}
		h.await(t, n)
		awaitNone(t, j)
		_, ids := h.all()
		seen := map[string]bool{}
		for _, id := range ids {
			assert.False(t, seen[id], "delivered twice")
			seen[id] = true
		}
		assert.Len(t, seen, n)
	})
}

func TestADeadReceiverHoldsNothingUp(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		j, h := open(), newHook(t)
		let := make(chan struct{})
		var hung atomic.Int64
		hangs := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hung.Add(1); <-let }))
		t.Cleanup(hangs.Close)
		t.Cleanup(func() { close(let) })
		gone := httptest.NewServer(nil)
		gone.Close()
		for i := range 5 {
			plan(t, j, fmt.Sprintf("p%d@acme.example", i))
		}
		stop := start(t, j, map[string]config.Receiver{"gone": webhook(t, gone.URL), "hangs": webhook(t, hangs.URL), "hook": webhook(t, h.URL)},
			func(o *notify.Options) { o.Bound = 200 * time.Millisecond })
		h.await(t, 5)
		require.Eventually(t, func() bool { return hung.Load() > 1 }, 20*time.Second, 10*time.Millisecond, "a try has a bound")
		want := map[string]int{"gone": 5, "hangs": 5}
		require.Eventually(t, func() bool { // on a busy machine the one that answers may miss the bound, too, and is tried again
			waiting, err := j.WaitingDeliveries(t.Context())
			return err == nil && maps.Equal(waiting, want)
		}, time.Minute, 50*time.Millisecond)
		stop()
	})
}

func TestWhatCannotBeDeliveredIsGivenUpAndTold(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		j, h := open(), newHook(t)
		dead := newHook(t)
		dead.fail.Store(1 << 30)
		dying := webhook(t, dead.URL)
		dying.Kinds = []string{"scheduled", "not_told"}
		telling := webhook(t, h.URL)
		telling.Kinds = []string{"not_told"}
		var log bytes.Buffer
		plan(t, j, "ann@acme.example")
		stop := start(t, j, map[string]config.Receiver{"dying": dying, "telling": telling}, func(o *notify.Options) {
			o.GiveUp, o.Log = 2*time.Second, slog.New(slog.NewTextHandler(&log, nil))
		})
		got := h.await(t, 1)
		awaitNone(t, j)
		stop()
		assert.Equal(t, "not_told", got[0].Data.Kind)
		assert.Equal(t, "dying", got[0].Data.Receiver)
		assert.Contains(t, log.String(), "given up")
		assert.Contains(t, log.String(), "receiver=dying messages=1")
		assert.Equal(t, 2, strings.Count(log.String(), "the receiver answered 503"), "the same trouble is told once, and why it was given up")
	})
}

func TestReceiversAreToldWhatTheyAskedFor(t *testing.T) {
	t.Parallel()
	j, h, silent := onSQLite(t), newHook(t), newHook(t)
	wants := webhook(t, h.URL)
	wants.Kinds, wants.ShowEmail, wants.Text = []string{"cancelled"}, true, "{{.Kind}} of {{.Email}}"
	other := webhook(t, silent.URL)
	other.Tenants = []string{"other"}
	s := plan(t, j, "ann@acme.example")
	require.NoError(t, j.Cancel(t.Context(), s, "root@test", "she stays", func() error { return nil }))
	stop := start(t, j, map[string]config.Receiver{"wants": wants, "other": other}, nil)
	h.await(t, 1)
	awaitNone(t, j)
	stop()
	got, _ := h.all()
	require.Len(t, got, 1)
	assert.Equal(t, "cancelled of ann@acme.example", got[0].Data.Text)
	none, _ := silent.all()
	assert.Empty(t, none)
}

func TestWhoIsAddedLaterIsNotToldOfWhatWas(t *testing.T) {
	t.Parallel()
	j, h := onSQLite(t), newHook(t)
	plan(t, j, "ann@acme.example")
	stop := start(t, j, nil, nil)
	var told int64
	require.Eventually(t, func() bool {
		db, _ := j.Database()
		return assert.NoError(t, db.QueryRow("SELECT value FROM counters WHERE name = 'notified'").Scan(&told)) && told == 1
	}, 10*time.Second, 10*time.Millisecond)
	stop()
	s := plan(t, j, "bob@acme.example")
	start(t, j, map[string]config.Receiver{"hook": webhook(t, h.URL)}, nil)
	got := h.await(t, 1)
	assert.Equal(t, s.ID, got[0].Data.Schedule)
}

func TestNothingIsSentWithASecretThatIsNone(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"whsec_", "whsec_AAAA", "not Base64 at all, and secret"} {
		j, h := onSQLite(t), newHook(t)
		plan(t, j, "ann@acme.example")
		r := webhook(t, h.URL)
		r.Secret = ref(t, bad)
		var log bytes.Buffer
		var tries atomic.Int64
		stop := start(t, j, map[string]config.Receiver{"hook": r}, func(o *notify.Options) {
			o.Log, o.Tried = slog.New(slog.NewTextHandler(&log, nil)), func(string, bool) { tries.Add(1) }
		})
		require.Eventually(t, func() bool { return tries.Load() > 0 }, 10*time.Second, 10*time.Millisecond)
		stop()
		_, ids := h.all()
		assert.Empty(t, ids)
		assert.Contains(t, log.String(), "the secret")
		assert.NotContains(t, log.String(), bad, "it is not repeated")
	}
}

func TestARedirectionIsNotFollowed(t *testing.T) {
	t.Parallel()
	j, h := onSQLite(t), newHook(t)
	var asked atomic.Int64
	from := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, h.URL, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(from.Close)
	plan(t, j, "ann@acme.example")
	stop := start(t, j, map[string]config.Receiver{"hook": webhook(t, from.URL)}, nil)
	require.Eventually(t, func() bool { return asked.Load() > 1 }, 10*time.Second, 10*time.Millisecond)
	stop()
	_, ids := h.all()
	assert.Empty(t, ids)
}

func TestSlackIsToldAndItsAddressIsNot(t *testing.T) {
	t.Parallel()
	j := onSQLite(t)
	texts := make(chan string, 10)
	var fail atomic.Bool
	fail.Store(true)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m map[string]string
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&m))
		if fail.Swap(false) {
			panic(http.ErrAbortHandler)
		}
		texts <- m["text"]
	}))
	t.Cleanup(s.Close)
	var log bytes.Buffer
	plan(t, j, `<!channel>"@acme.example`)
	stop := start(t, j, map[string]config.Receiver{"slack": {Type: "slack", URL: ref(t, s.URL+"/services/hidden"), ShowEmail: true, GiveUp: 3}},
		func(o *notify.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	text := <-texts
	awaitNone(t, j)
	stop()
	assert.Contains(t, text, "An offboarding is scheduled")
	assert.Contains(t, text, "&lt;!channel&gt;")
	assert.Contains(t, log.String(), "could not be delivered")
	assert.NotContains(t, log.String(), "hidden")
}

func TestTemplatesAndKindsAreChecked(t *testing.T) {
	t.Parallel()
	for fault, r := range map[string]config.Receiver{
		"pigeon":      {Kinds: []string{"pigeon"}},
		"nowhere":     {Tenants: []string{"nowhere"}},
		"unclosed":    {Text: "{{if .Kind}}"},
		"Nothing":     {Text: `{{if eq .Kind "drift"}}{{.Nothing}}{{end}}`},
		"notify.name": {Subject: "{{.Nothing}}"},
	} {
		err := notify.Check(&config.Config{Notify: map[string]config.Receiver{"name": r}})
		require.ErrorIs(t, err, config.ErrInvalid, fault)
		if fault != "unclosed" {
			assert.Contains(t, err.Error(), fault)
		}
	}
	require.NoError(t, notify.Check(&config.Config{Notify: map[string]config.Receiver{"name": {}}}))
}
