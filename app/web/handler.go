package web

import (
	"cmp"
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/fault"
	"aigc/app/service"
)

// Config is the configuration of a [Handler].
type Config struct {
	Access  service.Access
	Log     zerolog.Logger
	Metrics *Metrics // shared by the listeners of a process; nil: no metrics

	// PublicURL is the base of the URLs in responses. Its host name is allowed in the
	// header Host, and its origin in the header Origin.
	PublicURL string
	// MCPURL is the public address of MCP, which may have another host; it is allowed
	// in the same way.
	MCPURL string
	// Loopback says that the listener accepts connections of this machine only. Then
	// the header Host must have a loopback name, a host of these addresses or one of
	// AllowedHosts: this prevents DNS rebinding, since callers need no key.
	Loopback     bool
	AllowedHosts []string // host names, without a port

	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	PrivateLinks   bool           // files by name need a key, too
	Brake          *Brake         // shared by the listeners of a process; nil: one of its own

	AccessInterval time.Duration // how often the access of a request in progress is checked; default 1.5 s
	BodyWindow     time.Duration // see [Body]; default 30 s
}

// Face is one API of a listener: REST, MCP or another.
type Face interface {
	// Serve responds to a request, or returns the error for Fail. It sets x.Route and
	// calls x.Authorize.
	Serve(x *Exchange, r *http.Request) error
	// Fail responds with an error in the format of the face; [fault.From] converts
	// the error. The headers that all faces share are set already. It is not called
	// after the response has begun.
	Fail(x *Exchange, r *http.Request, err error)
}

// Handler is the [http.Handler] of one listener.
type Handler struct {
	Config
	guard *Guard
	faces []mount // sorted: the longest prefix first
}

type mount struct {
	prefix string
	face   Face
}

// New makes a handler. root serves all paths without a mounted face.
func New(c Config, root Face) *Handler {
	c.BodyWindow = cmp.Or(c.BodyWindow, bodyWindow)
	c.AccessInterval = cmp.Or(c.AccessInterval, accessInterval)
	if c.Brake == nil {
		c.Brake = NewBrake(c.Log)
	}
	return &Handler{Config: c, guard: NewGuard([]string{c.PublicURL, c.MCPURL}, c.Loopback, c.AllowedHosts), faces: []mount{{"", root}}}
}

// Mount adds a face for the path prefix, without a trailing slash, and all paths
// below it. It must not be called after the handler has begun to serve.
func (h *Handler) Mount(prefix string, f Face) {
	h.faces = append(h.faces, mount{prefix, f})
	slices.SortStableFunc(h.faces, func(a, b mount) int { return len(b.prefix) - len(a.prefix) })
}

// face returns the face of a path.
func (h *Handler) face(path string) Face {
	i := slices.IndexFunc(h.faces, func(m mount) bool {
		below, ok := strings.CutPrefix(path, m.prefix)
		return ok && (m.prefix == "" || below == "" || below[0] == '/')
	})
	return h.faces[i].face // found: the prefix of the root face is empty
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := newExchange(h, w, r)
	log := h.Log.With().Str("request_id", x.ID).Logger()
	ctx, cancel := context.WithCancelCause(r.Context())
	x.access.cancel = cancel
	r = r.WithContext(log.WithContext(context.WithValue(ctx, exchangeKey{}, x)))
	if x.body != nil {
		r.Body = x.body
	}
	h.Metrics.begin()
	defer func() { x.finish(r, &log, recover()) }()
	err := h.guard.Check(r)
	if err == nil {
		err = checkQuery(r)
	}
	if err == nil {
		err = x.face.Serve(x, r)
	}
	if err != nil {
		x.Fail(r, err)
	}
}

// maxParams is the limit of parameters in the query of a URL.
const maxParams = 100

// checkQuery refuses a query with too many parameters before it is parsed.
func checkQuery(r *http.Request) error {
	if strings.Count(r.URL.RawQuery, "&") < maxParams {
		return nil
	}
	return fault.New(fault.Invalid, "too_many_parameters", "The query of the URL has more than %d parameters.", maxParams).WithCharge(fault.ChargedNo)
}
