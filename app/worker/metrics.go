package worker

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aigc/app/fault"
	"aigc/app/task"
)

// Metrics are the Prometheus metrics of a worker: what this process did since it started.
// Those of the ledger, which all processes share, are in package service.
type Metrics struct {
	submissions *prometheus.CounterVec
	ended       *prometheus.CounterVec
	vendor      *prometheus.HistogramVec
	pollLag     prometheus.Histogram
	stored      prometheus.Counter
}

// NewMetrics registers the metrics. It panics if they are registered already.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		submissions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aigc_submissions_total", Help: "Paid requests by their outcome: ticket, answer, or the kind of the error.",
		}, []string{"vendor", "outcome"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aigc_tasks_ended_total", Help: "Tasks that this worker moved to a state in which they are done.",
		}, []string{"module", "vendor", "state"}),
		vendor: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aigc_vendor_seconds", Help: "Time from a request to the end of the vendor's answer.", Buckets: []float64{.1, .5, 1, 2, 5, 10, 20, 40, 80, 160, 320},
		}, []string{"vendor", "call"}),
		pollLag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "aigc_poll_lag_seconds", Help: "Time from when a poll was due until it began.", Buckets: []float64{.05, .1, .25, .5, 1, 2, 5, 15, 60, 300},
		}),
		stored: prometheus.NewCounter(prometheus.CounterOpts{Name: "aigc_results_stored_bytes_total", Help: "Bytes of results that were put into the object store."}),
	}
	reg.MustRegister(m.submissions, m.ended, m.vendor, m.pollLag, m.stored)
	return m
}

// submitted counts a paid request and its time.
func (m *Metrics) submitted(vendor string, begun time.Time, ticket bool, err error) {
	outcome := "answer"
	switch {
	case err != nil:
		outcome = string(fault.KindOf(err))
	case ticket:
		outcome = "ticket"
	}
	m.submissions.WithLabelValues(vendor, outcome).Inc()
	m.vendor.WithLabelValues(vendor, "submit").Observe(time.Since(begun).Seconds())
}

// polled counts a poll and its time.
func (m *Metrics) polled(vendor string, begun time.Time) {
	m.vendor.WithLabelValues(vendor, "poll").Observe(time.Since(begun).Seconds())
}

// began counts how late a poll begins. The clocks are the database's and this machine's.
func (m *Metrics) began(t *task.Task) {
	m.pollLag.Observe(max(0, time.Since(t.RunAt).Seconds()))
}

// moved counts a task that is done.
func (m *Metrics) moved(t *task.Task) {
	if t.State.Done() {
		m.ended.WithLabelValues(t.Module, t.Account.Vendor, string(t.State)).Inc()
	}
}
