package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are the Prometheus metrics of requests. The listeners of a process share
// them. A nil *Metrics counts nothing.
type Metrics struct {
	open     prometheus.Gauge
	duration *prometheus.HistogramVec
	total    *prometheus.CounterVec

	connections *connectionMetrics
}

// NewMetrics registers the metrics of requests, of the Go runtime and of the
// process. It panics if they are registered already.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		open: prometheus.NewGauge(prometheus.GaugeOpts{Name: "aigc_http_requests_open", Help: "Requests in progress."}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aigc_http_request_seconds", Help: "Time from the request to the end of the response.", Buckets: []float64{.005, .025, .1, .5, 1, 5, 15, 60, 120},
		}, []string{"route", "method"}),
		total: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "aigc_http_requests_total", Help: "Responses by status."}, []string{"route", "method", "status"}),
	}
	m.connections = newConnectionMetrics(reg)
	reg.MustRegister(m.open, m.duration, m.total, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *Metrics) begin() {
	if m != nil {
		m.open.Inc()
	}
}

func (m *Metrics) end(route, method string, status int, took time.Duration) {
	if m == nil {
		return
	}
	m.open.Dec()
	m.duration.WithLabelValues(route, methodLabel(method)).Observe(took.Seconds())
	m.total.WithLabelValues(route, methodLabel(method), strconv.Itoa(status)).Inc()
}

// methodLabel maps unknown methods to "other": a caller must not be able to create
// time series.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch:
		return method
	}
	return "other"
}
