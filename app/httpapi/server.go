package httpapi

import (
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"aigc/app/service"
	"aigc/app/web"
)

// Config is what a [Server] needs to know.
type Config struct {
	Service      service.API
	SyncWait     time.Duration // how long a request for a picture waits for it; 90 s if zero, negative: not at all
	PrivateLinks bool          // results need a key, so no shared cache may keep them
	MCPURL       string        // told at /; empty where MCP is not served
	Version      string
	Metrics      prometheus.Gatherer // what /metrics shows; nothing if nil
	Heartbeat    time.Duration       // between signs of life in a stream; 15 s if zero
}

// Server serves the REST API. It is a [web.Face].
type Server struct {
	Config
	catalog service.Catalog
	tasks   service.Tasks
	assets  service.Assets
	state   service.Status
	echo    *echo.Echo
	api     huma.API
	levels  map[string]web.Level // by pattern
	spec    []byte               // the OpenAPI document

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
	if c.Heartbeat <= 0 {
		c.Heartbeat = 15 * time.Second
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	s := &Server{Config: c, catalog: c.Service, tasks: c.Service, assets: c.Service, state: c.Service, levels: map[string]web.Level{}, drain: make(chan struct{})}
	s.routes()
	return s
}

// Serve implements [web.Face].
func (s *Server) Serve(x *web.Exchange, r *http.Request) error {
	s.echo.ServeHTTP(x, r) // it hands errors to its HTTPErrorHandler
	return nil
}

// Drain ends the streams of events, whose callers come back by themselves, so
// that a shutdown need not wait for them. It may be called twice.
func (s *Server) Drain() { s.once.Do(func() { close(s.drain) }) }
