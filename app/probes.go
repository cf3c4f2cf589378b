package app

import (
	"io"
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"aigc/app/web"
)

// serveProbes serves /livez, /readyz and /metrics without a key at AIGC_METRICS_ADDR: in
// a cluster each process has an address that only its probes and Prometheus reach. A
// worker has no other one.
func (a *App) serveProbes(connections *web.Connections, metrics *prometheus.Registry) (url string, err error) {
	ln, url, err := listen(connections, a.conf.MetricsAddr != "" && !a.roles.Foreground && !a.roles.Agent, "AIGC_METRICS_ADDR", a.conf.MetricsAddr)
	if err != nil || ln == nil {
		return "", err
	}
	alive := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", alive)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := a.Service.Ready(r.Context()); err != nil {
			http.Error(w, "A store is not available, or nothing can be bought; the log says which.", http.StatusServiceUnavailable)
			return
		}
		alive(w, r)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	ln.Serve(mux)
	a.onStop(ln.Shutdown)
	return url, nil
}

// buildInfo is a metric with the version as its label.
func buildInfo() prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "aigc_build_info", Help: "1, with the version of the program.", ConstLabels: prometheus.Labels{"version": Version, "go": runtime.Version()},
	})
	g.Set(1)
	return g
}
