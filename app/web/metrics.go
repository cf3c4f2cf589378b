package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are what the listeners of a process count of their requests.
type Metrics struct {
	open  prometheus.Gauge
	took  *prometheus.HistogramVec
	total *prometheus.CounterVec
}

// NewMetrics registers the metrics of requests, of the Go runtime and of the
// process.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		open: prometheus.NewGauge(prometheus.GaugeOpts{Name: "aigc_http_requests_open", Help: "Requests being answered."}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aigc_http_request_seconds", Help: "Time to the end of the answer.", Buckets: []float64{.005, .025, .1, .5, 1, 5, 15, 60, 120},
		}, []string{"route", "method"}),
		total: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "aigc_http_requests_total", Help: "Answers by status."}, []string{"route", "method", "status"}),
	}
	reg.MustRegister(m.open, m.took, m.total, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
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
	m.took.WithLabelValues(route, methodLabel(method)).Observe(took.Seconds())
	m.total.WithLabelValues(route, methodLabel(method), strconv.Itoa(status)).Inc()
}

// methodLabel keeps a caller from inventing labels.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch:
		return method
	}
	return "other"
}
