package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"aigc/app/provider"
)

// Config holds the settings of the process itself, not those of vendors.
type Config struct {
	Process
	Stores
}

// Process holds the settings named AIGC_….
type Process struct {
	Addr              string          `split_words:"true" default:"127.0.0.1:5512" desc:"address of the REST API"`
	MCPAddr           string          `split_words:"true" default:"127.0.0.1:5513" desc:"address of the MCP server"`
	PublicURL         string          `split_words:"true" desc:"address that links are built on; default http:// and the bound AIGC_ADDR; required for serve-api and serve-mcp alone"`
	MCPPublicURL      string          `split_words:"true" desc:"address of the MCP server for callers; /mcp is added unless it ends in it; default AIGC_PUBLIC_URL if that is set, else http:// and the bound AIGC_MCP_ADDR"`
	AllowedHosts      HostNames       `split_words:"true" desc:"further host names, without a port, that callers may use for a server on a loopback address; separated by commas"`
	TrustedProxies    []netip.Prefix  `split_words:"true" desc:"addresses (CIDRs) of the reverse proxies in front of the server: their X-Forwarded-For is believed, and each may have more than a quarter of AIGC_MAX_CONNECTIONS"`
	MaxConnections    int             `split_words:"true" default:"0" desc:"open connections of callers, a quarter of them from one address (IPv6: from one /64); 0, and at most: half of the descriptors (ulimit -n); 0 is 8192 at most"`
	MetricsAddr       string          `split_words:"true" desc:"address for /livez, /readyz and /metrics without a key, such as 127.0.0.1:5514; default none, and /metrics is on the REST API for admins"`
	DataDir           string          `split_words:"true" default:"./data" desc:"folder of the embedded stores, the spool and the sandbox"`
	APIKeys           Keys            `split_words:"true" desc:"callers' keys: name:key[:admin], separated by commas"`
	SyncWait          time.Duration   `split_words:"true" default:"90s" desc:"how long an image request waits for its result"`
	WorkerConcurrency int             `split_words:"true" default:"32" desc:"concurrent submissions of image tasks; video tasks get a quarter of it"`
	ShutdownGrace     time.Duration   `split_words:"true" desc:"how long a stop waits for the answers to open submissions; default the longest limit of a submission of the configured vendors, plus 30 s"`
	Sandbox           string          `split_words:"true" default:"auto" desc:"offline imitation of the vendors: auto (on a loopback address with no vendor key at all), on, off"`
	SandboxURL        string          `split_words:"true" desc:"address of a running sandbox (aigc sandbox), used instead of one in the process"`
	SandboxAggregator string          `split_words:"true" default:"newapi" desc:"host that the sandbox's aggregator imitates: newapi, evolink, qiniu, chatfire"`
	RouteFallback     string          `split_words:"true" default:"on" desc:"whether another vendor serves a request that names no model while the first vendor's keys are parked: on, off"`
	FetchAllow        []netip.Prefix  `split_words:"true" desc:"private address ranges (CIDRs) that are allowed in callers' URLs"`
	PrivateLinks      bool            `split_words:"true" default:"false" desc:"links to results need an API key"`
	RateLimit         int             `split_words:"true" default:"1000" desc:"requests per minute of one key; 0: no limit"`
	MCPTools          Names           `split_words:"true" desc:"names of the MCP tools to list, separated by commas; default: one a module and those for tasks; all: every tool; default,NAME: further ones"`
	MCPLinks          string          `split_words:"true" default:"auto" desc:"resource links in the results of MCP tools, besides the addresses in the text: auto (if the address is not a loopback one and links need no key), on, off"`
	RetainAnswers     time.Duration   `split_words:"true" default:"0s" desc:"how long answers that were paid for and could not be used stay in the object store; 0: for ever"`
	RetainInputs      time.Duration   `split_words:"true" default:"720h" desc:"how long inputs that came with requests, in their bodies or by URL, stay after the last task that uses them ended, unless it failed or is in doubt; 0: for ever"`
	RetainEvents      time.Duration   `split_words:"true" default:"2160h" desc:"how long the events of a task stay after it ended; the task and its results stay; 0: for ever"`
	RetainResults     time.Duration   `split_words:"true" default:"0s" desc:"how long the results of a task stay after it ended, with thumbnail, sidecar and a kept answer; the task itself stays; 0: for ever"`
	UploadQuota       Quota           `split_words:"true" default:"1000:5GB" desc:"files:bytes that one key may store a day (UTC), as uploads and as inputs of requests; 0: no limit"`
	ReserveImage      Size            `split_words:"true" default:"32MB" desc:"room on the disk that must be free for each image before it is bought"`
	ReserveVideo      Size            `split_words:"true" default:"256MB" desc:"room on the disk that must be free for each video before it is bought"`
	SpoolMax          Size            `split_words:"true" default:"0" desc:"bytes that answers may have in the spool, with those of purchases under way, for another purchase to start; 0: as much as the disk has"`
	Thumbnails        bool            `split_words:"true" default:"true" desc:"make thumbnails of results"`
	LogLevel          string          `split_words:"true" default:"info" desc:"trace, debug, info, warn, error"`
	LogFormat         string          `split_words:"true" desc:"console or json; default console on a terminal"`
	LogFile           string          `split_words:"true" desc:"also log to this file, rotated at 10 MB"`
	URL               string          `split_words:"true" desc:"command line: address of the server to use"`
	APIKey            provider.Secret `split_words:"true" desc:"command line: API key for that server"`
}

// Stores holds the settings of ledger, broker and object store.
type Stores struct {
	DatabaseURL provider.Secret `envconfig:"DATABASE_URL" desc:"PostgreSQL ledger: postgres://user:password@host:port/database; default SQLite in AIGC_DATA_DIR"`
	RedisURL    provider.Secret `envconfig:"REDIS_URL" desc:"Redis broker; default a broker in the process"`
	Minio
}

// check validates what the fields' types do not.
func (c *Config) check() []error {
	var errs []error
	bad := func(name, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: "+format, append([]any{name}, args...)...))
	}
	for _, s := range [][2]string{{"AIGC_ADDR", c.Addr}, {"AIGC_MCP_ADDR", c.MCPAddr}} {
		if _, port, err := net.SplitHostPort(s[1]); err != nil || !isPort(port) {
			bad(s[0], "is not host:port")
		}
	}
	if _, port, err := net.SplitHostPort(c.MetricsAddr); c.MetricsAddr != "" && (err != nil || !isPort(port)) {
		bad("AIGC_METRICS_ADDR", "is not host:port")
	}
	if c.Addr == c.MCPAddr && !strings.HasSuffix(c.Addr, ":0") {
		bad("AIGC_ADDR, AIGC_MCP_ADDR", "are the same address; REST and MCP need one each")
	}
	for _, s := range [][2]string{{"AIGC_PUBLIC_URL", c.PublicURL}, {"AIGC_MCP_PUBLIC_URL", c.MCPPublicURL}, {"AIGC_SANDBOX_URL", c.SandboxURL}, {"AIGC_URL", c.URL}} {
		if why := addressFault(s[1]); s[1] != "" && why != "" {
			bad(s[0], "%s", why)
		}
	}
	if why := keyFault(c.APIKey.Reveal()); why != "" {
		bad("AIGC_API_KEY", "%s", why)
	}
	if c.RedisURL != "" && !isRedis(c.RedisURL.Reveal()) {
		bad("REDIS_URL", "is not redis://[user:password@]host:port/db")
	}
	oneOf := func(name, v string, allowed ...string) {
		for _, a := range allowed {
			if v == a {
				return
			}
		}
		bad(name, "must be one of %s", strings.Join(allowed, ", "))
	}
	oneOf("AIGC_SANDBOX", c.Sandbox, "auto", "on", "off")
	oneOf("AIGC_SANDBOX_AGGREGATOR", c.SandboxAggregator, "newapi", "evolink", "qiniu", "chatfire")
	oneOf("AIGC_MCP_LINKS", c.MCPLinks, "auto", "on", "off")
	oneOf("AIGC_ROUTE_FALLBACK", c.RouteFallback, "on", "off")
	oneOf("AIGC_LOG_LEVEL", c.LogLevel, "trace", "debug", "info", "warn", "error")
	oneOf("AIGC_LOG_FORMAT", c.LogFormat, "", "console", "json")
	if c.WorkerConcurrency < 1 || c.WorkerConcurrency > 1024 {
		bad("AIGC_WORKER_CONCURRENCY", "must be 1 to 1024")
	}
	if c.SyncWait < 0 {
		bad("AIGC_SYNC_WAIT", "must not be negative")
	}
	if c.ShutdownGrace < 0 {
		bad("AIGC_SHUTDOWN_GRACE", "must not be negative")
	}
	if c.MaxConnections < 0 || c.MaxConnections > 0 && c.MaxConnections < 8 {
		bad("AIGC_MAX_CONNECTIONS", "must be 8 or more, or 0 for the default")
	}
	if most := max(c.ReserveImage, c.ReserveVideo); c.SpoolMax > 0 && c.SpoolMax < most {
		bad("AIGC_SPOOL_MAX", "must be at least what one purchase reserves (AIGC_RESERVE_IMAGE, AIGC_RESERVE_VIDEO): %d MB, or 0 for no limit", most/1e6)
	}
	for name, d := range map[string]time.Duration{
		"AIGC_RETAIN_ANSWERS": c.RetainAnswers, "AIGC_RETAIN_INPUTS": c.RetainInputs, "AIGC_RETAIN_EVENTS": c.RetainEvents, "AIGC_RETAIN_RESULTS": c.RetainResults,
	} {
		if d < 0 {
			bad(name, "must not be negative; 0 keeps them for ever")
		}
	}
	if c.RateLimit < 0 {
		bad("AIGC_RATE_LIMIT", "must not be negative")
	}
	if why := databaseFault(c.DatabaseURL.Reveal()); c.DatabaseURL != "" && why != "" {
		bad("DATABASE_URL", "%s", why)
	}
	c.Minio.check(bad)
	return errs
}

// databaseFault says why a ledger cannot be opened at an address; empty if it can. It does
// not connect.
func databaseFault(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "is not postgres://user:password@host:port/database; characters of the password other than letters and digits must be percent-encoded"
	}
	if u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "must begin with postgres:// or postgresql://; unset it for SQLite in AIGC_DATA_DIR"
	}
	if u.Hostname() == "" && !u.Query().Has("host") {
		return "names no host: postgres://user:password@host:port/database"
	}
	return ""
}

// isRedis says whether s is an address that the broker accepts. It does not connect.
func isRedis(s string) bool {
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "unix":
		return u.Path != ""
	case "redis", "rediss":
		db := strings.Trim(u.Path, "/")
		_, err := strconv.ParseUint(db, 10, 16)
		return u.Hostname() != "" && (db == "" || err == nil)
	}
	return false
}

func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

// IsPublic says whether the server has an address that other machines may reach, at a
// proxy for instance, even if it listens on loopback.
func (c *Config) IsPublic() bool {
	for _, address := range []string{c.PublicURL, c.MCPPublicURL} {
		if u, err := url.Parse(address); address != "" && (err != nil || !IsLoopback(net.JoinHostPort(u.Hostname(), "0"))) {
			return true
		}
	}
	return false
}

// IsLoopback says whether host:port is a loopback address, which only this machine
// can reach.
func IsLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
