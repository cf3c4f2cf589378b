package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"aigc/app/backup"
	"aigc/app/broker"
	"aigc/app/disk"
	"aigc/app/dispatch"
	"aigc/app/fetch"
	"aigc/app/hostname"
	"aigc/app/httpapi"
	"aigc/app/ledger"
	"aigc/app/mcpapi"
	"aigc/app/media"
	"aigc/app/memory"
	"aigc/app/provider"
	"aigc/app/publicurl"
	"aigc/app/sandbox"
	"aigc/app/service"
	"aigc/app/spool"
	"aigc/app/task"
	"aigc/app/web"
	"aigc/app/worker"
	"aigc/config"
)

// Version is the version of the program; set by -ldflags -X at build time.
var Version = "dev"

// documentMemory is how much the documents that callers send may take at a time, in
// bytes: of all of them together that are not small.
const documentMemory = 64 << 20

// App is a running process of aigc with the components that its roles need.
type App struct {
	Service    *service.Service
	Worker     *worker.Worker // nil in roles that do not run tasks
	MCP        *mcpapi.Server
	REST       *httpapi.Server
	Sandbox    *sandbox.Server // nil unless it runs in this process
	SandboxURL string          // address of the sandbox that replaces the vendors; empty: real vendors
	Ledger     ledger.Database
	Broker     broker.Broker

	conf  *config.Settings
	log   zerolog.Logger
	roles Roles
	lock  *lock
	stop  []func(context.Context) error // called in reverse order by Stop
	once  sync.Once
}

// Roles are the services that a process runs.
type Roles struct {
	Name   string // for the lock and the log
	API    bool   // serves REST
	MCP    bool   // serves MCP over HTTP
	Worker bool   // runs tasks

	Foreground bool // serves one command, whose user waits for it
	Agent      bool // serves one agent, which needs no key
}

// All is the role of `aigc all`.
var All = Roles{Name: "all", API: true, MCP: true, Worker: true}

// InProcess is the role of a command that runs tasks in its own process. It calls
// REST on loopback, as it would on a running server.
var InProcess = Roles{Name: "generate", API: true, Worker: true, Foreground: true}

// loopback says whether all listeners of the roles are on loopback addresses.
func (r Roles) loopback(c *config.Settings) bool {
	return (!r.API || config.IsLoopback(c.Addr)) && (!r.MCP || config.IsLoopback(c.MCPAddr))
}

// Start builds and starts everything that the roles need. If it fails, what was
// started already is stopped.
func Start(ctx context.Context, c *config.Settings, v Verticals, roles Roles, log zerolog.Logger) (a *App, err error) {
	a = &App{conf: c, log: log, roles: roles}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Stop(ctx))
			a = nil
		}
	}()
	if err = CheckLogFile(c.LogFile); err != nil {
		return a, err
	}
	if a.lock, err = takeLock(c.DataDir, roles.Name); err != nil {
		return a, err
	}
	a.onStop(func(context.Context) error { return a.lock.release() })
	if err = backup.Interrupted(c.DataDir); err != nil {
		return a, err
	}
	if a.Ledger, err = OpenLedger(ctx, c); err != nil {
		return a, err
	}
	a.onStop(func(context.Context) error { return a.Ledger.Close() })
	if err = a.migrate(ctx); err != nil {
		return a, err
	}
	answers, err := spool.Open(filepath.Join(c.DataDir, "spool"))
	if err != nil {
		return a, err
	}
	process, err := a.startProcess(ctx, answers.ID())
	if err != nil {
		return a, err
	}
	if a.Broker, err = broker.Open(c.RedisURL.Reveal(), log); err != nil {
		return a, err
	}
	a.onStop(func(context.Context) error { return a.Broker.Close() })
	blobs, err := openObjects(ctx, c, log)
	if err != nil {
		return a, err
	}
	a.onStop(func(context.Context) error { return blobs.Close() })
	room := a.capacity(answers)
	var accounts *provider.Accounts
	if accounts, err = a.vendors(v); err != nil {
		return a, err
	}
	fetcher := fetch.New(fetch.Config{Allow: c.FetchAllow, Exempt: bases(v.Registry, accounts), Proxy: true, UserAgent: "aigc/" + Version})

	metrics := prometheus.NewRegistry()
	httpMetrics := web.NewMetrics(metrics)
	connections := web.NewConnections(web.ConnectionConfig{Max: c.MaxConnections, Proxies: c.TrustedProxies, Log: log, Metrics: httpMetrics})
	restListener, restURL, err := listen(connections, roles.API, "AIGC_ADDR", c.Addr)
	if err != nil {
		return a, err
	}
	mcp, mcpURL, err := listen(connections, roles.MCP, "AIGC_MCP_ADDR", c.MCPAddr)
	if err != nil {
		return a, err
	}
	public := publicurl.New(cmp.Or(c.PublicURL, restURL))
	publicMCP := mcpAddress(c, mcpURL)
	private := roles.loopback(c) && !c.IsPublic() // only this machine reaches it
	images := media.NewDecoder(memory.Share(media.MaxDecode, 4))
	dispatcher := dispatch.ToQueue(a.Broker)
	var prober service.KeyProber
	if roles.Worker {
		a.Worker = worker.New(worker.Config{
			Process: process, Ledger: a.Ledger, Broker: a.Broker, Blobs: blobs, Spool: answers, Fetch: fetcher, Vendors: provider.NewTransport(), Images: images,
			Modules: v.Registry, Accounts: accounts, Log: log, Slots: c.WorkerConcurrency, Thumbnail: c.Thumbnails, Foreground: roles.Foreground,
			RetainAnswers: c.RetainAnswers, RetainInputs: c.RetainInputs, RetainEvents: c.RetainEvents, RetainResults: c.RetainResults,
			Capacity: room, Metrics: worker.NewMetrics(metrics), Address: service.OpenAddress(string(public), c.PrivateLinks),
		})
		dispatcher, prober = a.Worker, a.Worker
	}
	a.Service, err = service.New(service.Config{
		Process: process, Ledger: a.Ledger, Broker: a.Broker, Blobs: blobs, Fetch: fetcher, Modules: v.Registry, Log: log,
		PublicURL: string(public), Listeners: addresses(restListener, mcp), Hosts: hosts(c),
		UploadDir: filepath.Join(c.DataDir, "intake"), SpoolID: answers.ID(), SpoolSize: answers.Size, Capacity: room, Dispatcher: dispatcher, KeyProber: prober, Images: images,
		Keys: keys(c.APIKeys), Loopback: private, PrivateLinks: c.PrivateLinks, PerMinute: c.RateLimit, UploadQuota: task.UploadQuota(c.UploadQuota), Routes: c.Routes, Version: Version,
	})
	if err != nil {
		return a, err
	}
	a.onStop(func(context.Context) error { a.Service.Close(); return nil })
	if err = a.firstKey(ctx, private); err != nil {
		return a, err
	}
	if roles.Worker {
		if why := disk.Volatile(answers.Dir()); why != "" && !roles.Foreground {
			log.Warn().Str("spool", answers.Dir()).Msg("AIGC_DATA_DIR must be on a volume: " + why + ", and with it answers that were paid for and not stored yet")
		}
		a.onStop(a.Worker.Stop)
		if err = a.Worker.Start(ctx); err != nil {
			return a, err
		}
	}
	metrics.MustRegister(a.Service.Collector(), buildInfo())
	if c, ok := a.Broker.(prometheus.Collector); ok {
		metrics.MustRegister(c)
	}
	probes, err := a.serveProbes(connections, metrics)
	if err != nil {
		return a, err
	}
	documents := memory.NewBudget(memory.Share(documentMemory, 8))
	a.REST = httpapi.New(httpapi.Config{
		Service: a.Service, Keys: a.Service, SyncWait: c.SyncWait, PrivateLinks: c.PrivateLinks, Public: public, MCPURL: publicMCP, ServesMCP: roles.MCP,
		Metrics: metrics, Version: Version, Memory: documents,
	})
	a.MCP = mcpapi.New(mcpapi.Config{
		Service: a.Service, Log: log, Version: Version, PublicURL: string(public), Tools: c.MCPTools, ResourceLinks: resourceLinks(c, string(public)),
		NoThumbnails: !c.Thumbnails, Memory: documents,
	})
	if unknown := a.MCP.UnknownTools(); roles.MCP && len(unknown) > 0 {
		return a, fmt.Errorf("AIGC_MCP_TOOLS: there is no tool named %s", strings.Join(unknown, ", "))
	}
	shared := web.Config{
		Access: a.Service, Log: log, Metrics: httpMetrics, PublicURL: string(public), MCPURL: publicMCP, AllowedHosts: c.AllowedHosts,
		TrustedProxies: c.TrustedProxies, PrivateLinks: c.PrivateLinks, Brake: web.NewBrake(log),
	}
	a.serve(restListener, c.Addr, shared, a.REST)
	a.serve(mcp, c.MCPAddr, shared, a.MCP)
	a.onStop(func(context.Context) error { a.Service.Drain(); a.REST.Drain(); return nil }) // runs first: waiting callers are answered at once
	return a, a.lock.setAddresses(restURL, mcpURL, probes)
}

// Stop stops everything in the reverse order of Start. It may be called again.
func (a *App) Stop(ctx context.Context) (err error) {
	a.once.Do(func() {
		for i := len(a.stop) - 1; i >= 0; i-- {
			err = errors.Join(err, a.stop[i](ctx))
		}
	})
	return err
}

func (a *App) onStop(f func(context.Context) error) { a.stop = append(a.stop, f) }

// LockOwner returns the content of the data folder's lock file: role and addresses.
func (a *App) LockOwner() LockOwner { return a.lock.LockOwner }

func listen(connections *web.Connections, wanted bool, setting, addr string) (*web.Listener, string, error) {
	if !wanted {
		return nil, "", nil
	}
	ln, err := connections.Listen(addr)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", setting, err)
	}
	return ln, ln.URL(), nil
}

// addresses are those of the listeners that are not nil.
func addresses(listeners ...*web.Listener) (list []string) {
	for _, ln := range listeners {
		if ln != nil {
			list = append(list, ln.Addr())
		}
	}
	return list
}

// hosts are the server's names besides that of AIGC_PUBLIC_URL.
func hosts(c *config.Settings) []string {
	if u, err := url.Parse(c.MCPPublicURL); err == nil && u.Host != "" {
		return append(slices.Clone(c.AllowedHosts), hostname.Normalize(u.Host))
	}
	return c.AllowedHosts
}

// resourceLinks says whether results of MCP tools have resource links: with auto, if
// another machine can fetch them.
func resourceLinks(c *config.Settings, public string) bool {
	if c.MCPLinks == "auto" {
		return service.OpenAddress(public, c.PrivateLinks)("object") != ""
	}
	return c.MCPLinks == "on"
}

// mcpAddress returns the public address of MCP: that of the settings, or MCP on the
// REST API's listener if that is public, or on its own listener at address, which is
// empty if the process does not serve MCP.
func mcpAddress(c *config.Settings, address string) string {
	if c.MCPPublicURL == "" && c.PublicURL != "" && address != "" {
		return publicurl.MCP(c.PublicURL)
	}
	return publicurl.MCP(cmp.Or(c.MCPPublicURL, address))
}
