package web

import "github.com/prometheus/client_golang/prometheus"

// connectionMetrics are the metrics of [Connections].
type connectionMetrics struct {
	open            prometheus.Gauge
	refused, closed *prometheus.CounterVec
}

func newConnectionMetrics(reg prometheus.Registerer) *connectionMetrics {
	m := &connectionMetrics{
		open: prometheus.NewGauge(prometheus.GaugeOpts{Name: "aigc_http_connections_open", Help: "Open connections of callers."}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aigc_http_connections_refused_total", Help: "New connections beyond AIGC_MAX_CONNECTIONS (total) or the share of their address (address).",
		}, []string{"reason"}),
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aigc_http_connections_closed_total", Help: "Connections that the server closed before the caller did, by reason.",
		}, []string{"reason"}),
	}
	reg.MustRegister(m.open, m.refused, m.closed)
	return m
}

// connection counts an opened (1) or closed (-1) connection.
func (m *Metrics) connection(n float64) {
	if m != nil {
		m.connections.open.Add(n)
	}
}

func (m *Metrics) refused(reason string) {
	if m != nil {
		m.connections.refused.WithLabelValues(reason).Inc()
	}
}

func (m *Metrics) closed(reason string) {
	if m != nil {
		m.connections.closed.WithLabelValues(reason).Inc()
	}
}
