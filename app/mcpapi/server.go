package mcpapi

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/rs/zerolog"

	"aigc/app/service"
	"aigc/app/task"
)

// Config is what a [Server] needs to know.
type Config struct {
	Service   service.API
	Log       zerolog.Logger
	Version   string
	PublicURL string // base of absolute addresses
	AllTools  bool   // list every tool, also those an agent seldom needs

	Wait time.Duration // longest a call waits for a result; 50 s if zero

	maxBody   int64         // bytes of a request, files included
	heartbeat time.Duration // between two notes of progress without news
	thumbWait time.Duration // how long a fresh result's thumbnail is waited for
}

// Server serves MCP: over HTTP as a [web.Face], and over stdio.
type Server struct {
	Config
	auth    service.Access
	catalog service.Catalog
	tasks   service.Tasks
	assets  service.Assets
	state   service.Status
	mcp     *mcp.Server
	http    http.Handler
	tools   map[string]*tool

	localKey string // see [Server.LocalKey]
}

// New makes the server with all its tools. It panics on declarations that do
// not fit together.
func New(c Config) *Server {
	c.Wait = cmp.Or(c.Wait, 50*time.Second)
	c.maxBody = cmp.Or(c.maxBody, 256<<20)
	c.heartbeat = cmp.Or(c.heartbeat, 5*time.Second)
	c.thumbWait = cmp.Or(c.thumbWait, time.Second)
	s := &Server{Config: c, auth: c.Service, catalog: c.Service, tasks: c.Service, assets: c.Service, state: c.Service, tools: map[string]*tool{}, localKey: task.RandomHex(24)}
	// The SDK reports each request; only its trouble is of interest.
	log := slog.New(zerolog.NewSlogHandler(c.Log.Level(max(zerolog.WarnLevel, c.Log.GetLevel()))))
	s.mcp = mcp.NewServer(&mcp.Implementation{Name: "aigc", Title: "aigc: pictures and films", Version: cmp.Or(c.Version, "dev"), WebsiteURL: c.PublicURL}, &mcp.ServerOptions{
		Instructions: instructions,
		Logger:       log,
		Capabilities: &mcp.ServerCapabilities{Tools: &mcp.ToolCapabilities{}, Resources: &mcp.ResourceCapabilities{}, Prompts: &mcp.PromptCapabilities{}},
		SetCacheable: cacheable,
	})
	s.mount()
	s.guide()
	s.mcp.AddReceivingMiddleware(s.listing, s.aliases)
	s.http = mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s.mcp }, &mcp.StreamableHTTPOptions{
		Stateless:                    true,
		Logger:                       log,
		MaxRequestBodyBytes:          -1,   // capped in [Server.body], where base64 does not count
		DisableLocalhostProtection:   true, // done by [web.Guard], which knows the public name
		PropagateRequestCancellation: true,
	})
	return s
}

// cacheable tells clients how long lists hold: tools and prompts do not change
// while a process lives.
func cacheable(_ context.Context, req mcp.Request, c *mcp.Cacheable) {
	if _, read := req.GetParams().(*mcp.ReadResourceParams); !read {
		c.TTLMs = int((5 * time.Minute).Milliseconds())
	}
}
