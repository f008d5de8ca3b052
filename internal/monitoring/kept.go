package monitoring

import (
	"context"

	"github.com/billagent/billagent/internal/service"
	"github.com/prometheus/client_golang/prometheus"
)

// kept collects what the journal keeps and what the service has open, when it is asked for.
type kept struct{ service *service.Service }

var (
	schedules = prometheus.NewDesc("billagent_schedules", "Offboardings in the journal by state; due: those for which something can be done now.", []string{"state"}, nil)
	stopped   = prometheus.NewDesc("billagent_tenants_stopped", "Tenants that rest, or are held for a person.", []string{"held"}, nil)
	waiting   = prometheus.NewDesc("billagent_notifications_waiting", "Messages that are not delivered yet.", nil, nil)
	browsers  = prometheus.NewDesc("billagent_open_browsers", "Tenants of this process that may have a browser open.", nil, nil)
	sessions  = prometheus.NewDesc("billagent_saved_sessions", "Sign-ins that are saved in this process's state folder.", nil, nil)
	readable  = prometheus.NewDesc("billagent_journal_readable", "1: the journal could be read for these metrics.", nil, nil)
)

// Describe implements prometheus.Collector.
func (k *kept) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{schedules, stopped, waiting, browsers, sessions, readable} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (k *kept) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, n int, labels ...string) {
		m, err := prometheus.NewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
		if err != nil { // a label that is no text, such as a receiver's name out of a configuration
			m = prometheus.NewInvalidMetric(d, err)
		}
		to <- m
	}
	gauge(browsers, k.service.OpenBrowsers())
	gauge(sessions, k.service.SavedSessions())
	ctx, cancel := context.WithTimeout(context.Background(), askBound)
	defer cancel()
	c, err := k.service.Counts(ctx)
	if err != nil {
		gauge(readable, 0)
		return
	}
	gauge(readable, 1)
	for state, n := range c.Schedules {
		gauge(schedules, n, state)
	}
	gauge(stopped, c.Resting, "false")
	gauge(stopped, c.Held, "true")
	gauge(waiting, c.Messages)
}
