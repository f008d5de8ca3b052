// Package monitoring tells machines how a daemon is: whether it is alive and ready, and metrics for Prometheus.
// What it tells may be read by whoever can reach it, so that no tenant, no user and no text of either is in it; it
// changes nothing.
package monitoring

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/listener"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Monitor counts what happens and answers for it.
type Monitor struct {
	service  *service.Service
	alive    func() bool
	registry *prometheus.Registry

	operations *prometheus.CounterVec
	durations  *prometheus.HistogramVec
	lateness   prometheus.Histogram
	tries      *prometheus.CounterVec
	recurring  *prometheus.CounterVec
}

// Bounds of an operation: one by the browser takes seconds, a list of thousands minutes. Lateness begins with what
// a sweep takes.
var (
	durationBounds = []float64{.1, .5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600}
	latenessBounds = []float64{.1, .25, .5, 1, 2, 5, 15, 60, 300, 900, 3600, 86_400}
)

// New makes a monitor. alive says whether the daemon does its work.
func New(s *service.Service, alive func() bool) *Monitor {
	m := &Monitor{service: s, alive: alive, registry: prometheus.NewPedanticRegistry(),
		operations: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "billagent_operations_total", Help: "Attempts at what was due, by how they ended."}, []string{"action", "outcome"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "billagent_operation_duration_seconds", Help: "How long attempts at what was due took.",
			Buckets: durationBounds}, []string{"action", "outcome"}),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "billagent_lateness_seconds", Help: "How long past its time what was due was begun.", Buckets: latenessBounds}),
		tries: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "billagent_notification_tries_total", Help: "Tries to deliver a message, by the receiver's type."},
			[]string{"type", "result"}),
		recurring: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "billagent_recurring_total", Help: "Runs of what recurs, by what they came to."}, []string{"what", "result"}),
	}
	for _, outcome := range []userops.Outcome{userops.Done, userops.Already, userops.Requested, userops.Halted, userops.Refused, userops.Unknown} { // a rule sees no increase of what was not there before
		m.operations.WithLabelValues(string(userops.Deactivate), string(outcome))
	}
	for _, what := range config.Recurrences {
		m.recurring.WithLabelValues(what, well)
		m.recurring.WithLabelValues(what, needsPerson)
	}
	m.registry.MustRegister(m.operations, m.durations, m.lateness, m.tries, m.recurring, &kept{m.service}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// What a run of what recurs may come to.
const well, needsPerson = "well", "needs_person"

// Tell counts an event. It may be called from several goroutines.
func (m *Monitor) Tell(e event.Event) {
	if r, ok := e.(event.Recurred); ok {
		result := well
		if r.Code != "" {
			result = needsPerson
		}
		m.recurring.WithLabelValues(r.What, result).Inc()
		return
	}
	s, ok := e.(event.Scheduled)
	if !ok || s.Result.Op == "" { // nothing was begun
		return
	}
	action, outcome := string(s.Result.Action), string(s.Result.Outcome)
	m.operations.WithLabelValues(action, outcome).Inc()
	m.durations.WithLabelValues(action, outcome).Observe((time.Duration(s.Result.TookMS) * time.Millisecond).Seconds())
	m.lateness.Observe(s.Late.Seconds())
}

// Tried counts a try to deliver a message.
func (m *Monitor) Tried(kindOfReceiver string, delivered bool) {
	result := "failed"
	if delivered {
		result = "delivered"
	}
	m.tries.WithLabelValues(kindOfReceiver, result).Inc()
}

// askBound is how long the journal is waited for.
const askBound = 3 * time.Second

// Handler answers requests.
func (m *Monitor) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, m.alive()) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), askBound)
		defer cancel()
		_, err := m.service.Agenda(ctx)
		answer(w, err == nil)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4, Timeout: 2 * askBound}))
	return mux
}

func answer(w http.ResponseWriter, well bool) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if !well { // the log says why: it might name what is nobody's business here
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("not well: see the log\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// Listen opens the address of the configuration.
func Listen(ctx context.Context, c config.Monitoring) (net.Listener, error) {
	return listener.Address{Section: "monitoring", Listen: c.Listen, Certificate: c.Certificate, Key: c.Key}.Open(ctx)
}

// Serve answers until ctx ends, and returns when nothing is under way any more.
func (m *Monitor) Serve(ctx context.Context, l net.Listener, log *slog.Logger) {
	listener.Serve(ctx, l, m.Handler(), "monitoring", log)
}
