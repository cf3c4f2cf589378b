package httpapi

import (
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"aigc/app/memory"
	"aigc/app/publicurl"
	"aigc/app/service"
	"aigc/app/web"
)

// Config is the configuration of a [Server].
type Config struct {
	Service      service.API
	Keys         service.KeyAdmin // for admins
	SyncWait     time.Duration    // how long a request for an image waits for the result; default 90 s; negative: 0
	PrivateLinks bool             // downloads require a key, so Cache-Control is private
	Public       publicurl.API    // base of all addresses in responses; empty: paths of this server
	MCPURL       string           // public address of MCP for GET /; empty: MCP is not served
	ServesMCP    bool             // the listener serves MCP, too, at /mcp
	Version      string
	Metrics      prometheus.Gatherer // source of /metrics; nil: none
	Memory       *memory.Budget      // of the documents that are read at a time; nil: no limit
	Heartbeat    time.Duration       // interval of keep-alive comments in an event stream; default 15 s
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
	levels  map[string]web.Level // access levels by route pattern

	drain     chan struct{}
	drainOnce sync.Once
}

// New makes the server with all its routes. It panics if the declarations of the
// operations conflict, for example in a path.
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
	c.Public = publicurl.New(string(c.Public))
	s := &Server{Config: c, catalog: c.Service, tasks: c.Service, assets: c.Service, state: c.Service, levels: map[string]web.Level{}, drain: make(chan struct{})}
	s.routes()
	return s
}

// Serve implements [web.Face].
func (s *Server) Serve(x *web.Exchange, r *http.Request) error {
	s.echo.ServeHTTP(x, r) // errors go to its HTTPErrorHandler, which calls Fail
	return nil
}

// Drain ends all event streams, so that a shutdown does not wait for them; clients
// of server-sent events reconnect automatically. It may be called twice.
func (s *Server) Drain() { s.drainOnce.Do(func() { close(s.drain) }) }
