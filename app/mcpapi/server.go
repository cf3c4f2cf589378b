package mcpapi

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/rs/zerolog"

	"aigc/app/memory"
	"aigc/app/service"
	"aigc/app/task"
)

// Config configures a [Server].
type Config struct {
	Service   service.API
	Log       zerolog.Logger
	Version   string
	PublicURL string // base of absolute URLs

	// Tools are the names of the tools in tools/list, or AllTools, or DefaultTools
	// and further names; empty: DefaultTools. Every tool can be called.
	Tools []string

	// ResourceLinks says that results have resource links besides the URLs in the text.
	// A client may fetch a link by itself, so its address must be reachable for it.
	ResourceLinks bool

	Wait time.Duration // limit of how long a call waits for a result; default 50 s

	Memory *memory.Budget // of the documents that are read at a time; nil: no limit

	NoThumbnails bool // the workers make none, so that no call waits for one

	maxBody   int64         // limit of a request in bytes, with its files
	heartbeat time.Duration // between two progress notifications without a change
	thumbWait time.Duration // limit of the wait for a fresh result's thumbnail

	commentInterval time.Duration // between two comments in a stream
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
	tools   map[string]*tool
	open    openCalls

	http      http.Handler // answers with a stream
	plainHTTP http.Handler // answers with one JSON document

	creations     []*creation        // in the order of the operations
	fileArguments service.FileFields // of all tools

	localKey string // see [Server.LocalKey]
}

// New makes the server with all its tools. It panics on invalid declarations of
// operations, such as two tools with one name.
func New(c Config) *Server {
	c.Wait = cmp.Or(c.Wait, 50*time.Second)
	c.maxBody = cmp.Or(c.maxBody, 256<<20)
	c.heartbeat = cmp.Or(c.heartbeat, 5*time.Second)
	c.thumbWait = cmp.Or(c.thumbWait, time.Second)
	c.commentInterval = cmp.Or(c.commentInterval, 15*time.Second)
	s := &Server{Config: c, auth: c.Service, catalog: c.Service, tasks: c.Service, assets: c.Service, state: c.Service, tools: map[string]*tool{}, localKey: task.RandomHex(24)}
	// The SDK logs each request at a lower level; keep warnings and errors.
	log := slog.New(zerolog.NewSlogHandler(c.Log.Level(max(zerolog.WarnLevel, c.Log.GetLevel()))))
	s.mcp = mcp.NewServer(&mcp.Implementation{Name: "aigc", Title: "aigc: images and videos", Version: cmp.Or(c.Version, "dev"), WebsiteURL: c.PublicURL}, &mcp.ServerOptions{
		Instructions: instructions,
		Logger:       log,
		Capabilities: &mcp.ServerCapabilities{Tools: &mcp.ToolCapabilities{}, Resources: &mcp.ResourceCapabilities{}, Prompts: &mcp.PromptCapabilities{}},
		SetCacheable: cacheable,
	})
	s.fileArguments = service.FileFieldsOf(append(c.Service.Operations(), service.Operation{Schema: uploadSchema})...)
	s.mountTools()
	s.mountPrompts()
	s.mcp.AddReceivingMiddleware(s.filterTools, s.translateAliases)
	options := mcp.StreamableHTTPOptions{
		Stateless:                    true,
		Logger:                       log,
		MaxRequestBodyBytes:          -1,   // no limit here: [Server.extractFiles] limits the document without its base64
		DisableLocalhostProtection:   true, // [web.Guard] does it and knows the public host name
		PropagateRequestCancellation: true,
	}
	plain := options
	plain.JSONResponse = true
	server := func(*http.Request) *mcp.Server { return s.mcp }
	s.http, s.plainHTTP = mcp.NewStreamableHTTPHandler(server, &options), mcp.NewStreamableHTTPHandler(server, &plain)
	return s
}

// cacheable lets clients cache lists for 5 minutes: tools and prompts do not
// change while the process runs.
func cacheable(_ context.Context, req mcp.Request, c *mcp.Cacheable) {
	if _, read := req.GetParams().(*mcp.ReadResourceParams); !read {
		c.TTLMs = int((5 * time.Minute).Milliseconds())
	}
}
