package httpapi

import (
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"aigc/app/service"
)

// Config is what a [Server] needs to know.
type Config struct {
	Service   service.API
	Log       zerolog.Logger
	PublicURL string        // base of absolute addresses, without a trailing slash
	SyncWait  time.Duration // how long a request for a picture waits for it; 90 s if zero, negative: not at all

	// Loopback says that the listener cannot be reached from elsewhere. Then
	// only requests for a loopback name, PublicURL's host or AllowedHosts are
	// answered, so that no web page gets in by rebinding a name.
	Loopback     bool
	AllowedHosts []string // host names, without a port

	PrivateLinks bool   // results need a key, so no shared cache may keep them
	MCPURL       string // told at /; empty where MCP is not served
	Version      string
	Metrics      *prometheus.Registry // gets the server's own metrics; one is made if nil

	BodyIdle  time.Duration // longest pause within a body; 30 s if zero
	BodyTotal time.Duration // longest time for a body; 10 min if zero
	Heartbeat time.Duration // between signs of life in a stream; 15 s if zero
}

// Server serves the REST API. It opens no listener: mount [Server.Handler].
type Server struct {
	Config
	auth    service.Access
	catalog service.Catalog
	tasks   service.Tasks
	assets  service.Assets
	state   service.Status
	echo    *echo.Echo
	api     huma.API
	access  map[string]access
	cross   *http.CrossOriginProtection
	hosts   map[string]bool
	metrics *metrics
	spec    []byte // the OpenAPI document

	drain chan struct{}
	once  sync.Once
}

// New makes the server with all its routes. It panics on declarations that do
// not fit together.
func New(c Config) *Server {
	if c.SyncWait == 0 {
		c.SyncWait = 90 * time.Second
	}
	c.SyncWait = max(0, c.SyncWait)
	for _, d := range []struct {
		set *time.Duration
		def time.Duration
	}{{&c.BodyIdle, 30 * time.Second}, {&c.BodyTotal, 10 * time.Minute}, {&c.Heartbeat, 15 * time.Second}} {
		if *d.set <= 0 {
			*d.set = d.def
		}
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	s := &Server{Config: c, auth: c.Service, catalog: c.Service, tasks: c.Service, assets: c.Service, state: c.Service, access: map[string]access{}, drain: make(chan struct{})}
	s.metrics = newMetrics(c.Metrics)
	s.guard()
	s.routes()
	return s
}

// Handler answers every request of the listener.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// Drain ends the streams of events, whose callers come back by themselves, so
// that a shutdown need not wait for them. It may be called twice.
func (s *Server) Drain() { s.once.Do(func() { close(s.drain) }) }
