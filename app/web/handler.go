package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/service"
)

// Config is what a [Handler] needs to know.
type Config struct {
	Access  service.Access
	Log     zerolog.Logger
	Metrics *Metrics // shared by the listeners of a process; nil: nothing is counted

	// PublicURL is the base of absolute addresses. Its host may be named by
	// callers, and its origin is trusted.
	PublicURL string
	// Loopback says that the listener cannot be reached from elsewhere. Then only
	// requests for a loopback name, PublicURL's host or AllowedHosts are
	// answered, so that no web page gets in by rebinding a name.
	Loopback     bool
	AllowedHosts []string // host names, without a port

	BodyIdle  time.Duration // longest pause within a body; 30 s if zero
	BodyTotal time.Duration // longest time for a body; 10 min if zero
}

// Face is one API on a listener.
type Face interface {
	// Serve answers a request, or returns the error that Fail shall answer with.
	// It sets the route of the exchange and asks it for the caller.
	Serve(x *Exchange, r *http.Request) error
	// Fail answers with an error in the face's own shape. The headers that all
	// faces share are set. Use [fault.From] to read the error. It is not called
	// once an answer has begun.
	Fail(x *Exchange, r *http.Request, err error)
}

// Handler answers the requests of one listener.
type Handler struct {
	Config
	guard *Guard
	faces []mount // the longest prefix first
}

type mount struct {
	prefix string
	face   Face
}

// New makes a handler. root gets every path that no other face is mounted at.
func New(c Config, root Face) *Handler {
	c.BodyIdle = cmp.Or(c.BodyIdle, 30*time.Second)
	c.BodyTotal = cmp.Or(c.BodyTotal, 10*time.Minute)
	return &Handler{Config: c, guard: NewGuard(c.PublicURL, c.Loopback, c.AllowedHosts), faces: []mount{{"", root}}}
}

// Mount gives a face the path prefix, without a trailing slash, and all paths
// below it. It must not be called once the handler serves.
func (h *Handler) Mount(prefix string, f Face) {
	h.faces = append(h.faces, mount{prefix, f})
	slices.SortStableFunc(h.faces, func(a, b mount) int { return len(b.prefix) - len(a.prefix) })
}

// face is the one that a path belongs to.
func (h *Handler) face(path string) Face {
	i := slices.IndexFunc(h.faces, func(m mount) bool {
		rest, ok := strings.CutPrefix(path, m.prefix)
		return ok && (m.prefix == "" || rest == "" || rest[0] == '/')
	})
	return h.faces[i].face // the root's prefix matches every path
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := newExchange(h, w, r)
	log := h.Log.With().Str("request_id", x.ID).Logger()
	r = r.WithContext(log.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)))
	if x.body != nil {
		r.Body = x.body
	}
	h.Metrics.begin()
	defer func() { x.finish(r, &log, recover()) }()
	err := h.guard.Check(r)
	if err == nil {
		err = x.face.Serve(x, r)
	}
	if err != nil {
		x.Fail(r, err)
	}
}
