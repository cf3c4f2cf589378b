package web

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// shutdownTimeout is for responses in progress at shutdown.
const shutdownTimeout = 5 * time.Second

// Listener is a listening socket and its HTTP server, with all timeouts set.
type Listener struct {
	ln  net.Listener
	srv *http.Server
	log zerolog.Logger
}

// Listen opens a TCP socket at addr (host:port; port 0 picks a free one). The
// kernel queues connections until Serve is called.
func (p *Connections) Listen(addr string) (*Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &Listener{ln: listener{ln, p}, log: p.Log, srv: &http.Server{
		ReadHeaderTimeout: p.HeaderTimeout,
		IdleTimeout:       p.IdleTimeout,
		MaxHeaderBytes:    maxHeaderBytes - netHTTPSlop,

		DisableGeneralOptionsHandler: true, // it answers "OPTIONS *" past the limits and the guard

		ConnState:   hook,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		ErrorLog:    log.New(serverLog{p.Log}, "", 0),
	}}, nil
}

// Addr is the address (host:port) at which the socket is bound.
func (l *Listener) Addr() string { return l.ln.Addr().String() }

// URL is the base URL of the listener for callers on this machine.
func (l *Listener) URL() string { return "http://" + dialAddr(l.Addr()) }

// dialAddr replaces an unspecified address (0.0.0.0 or ::), which cannot be
// dialed, by 127.0.0.1.
func dialAddr(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}

// Serve serves requests in the background until Shutdown. It must be called once
// at most.
func (l *Listener) Serve(h http.Handler) {
	l.srv.Handler = connHandler{h}
	go func() {
		if err := l.srv.Serve(l.ln); !errors.Is(err, http.ErrServerClosed) {
			l.log.Error().Err(err).Stringer("addr", l.ln.Addr()).Msg("HTTP listener failed; this address is not served any more")
		}
	}()
}

// connHandler calls the handler of a listener for the connections that are within the
// limits, and for the probes of the others.
type connHandler struct{ http.Handler }

// ServeHTTP implements [http.Handler].
func (h connHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := connOf(r.Context())
	if !c.begin() {
		panic(http.ErrAbortHandler) // closed in favour of another connection
	}
	defer c.end()
	switch {
	case c.spare && r.URL.Path != "/livez" && r.URL.Path != "/readyz":
		respondProblem(w, &tooManyConnections)
		return
	case c.spare:
		w.Header().Set("Connection", "close")
	}
	h.Handler.ServeHTTP(w, r)
}

// Shutdown closes the socket and waits up to shutdownTimeout for responses in
// progress, then closes their connections: a stream that does not end must not
// block the shutdown of the process. It may be called twice, and without Serve.
func (l *Listener) Shutdown(ctx context.Context) error {
	defer func() { _ = l.ln.Close() }() // http.Server closes it only after Serve was called
	ctx, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()
	if err := l.srv.Shutdown(ctx); err != nil {
		return l.srv.Close()
	}
	return nil
}

// serverLog logs the lines of net/http's ErrorLog, which have no level, as
// warnings.
type serverLog struct{ zerolog.Logger }

// Write implements [io.Writer].
func (l serverLog) Write(p []byte) (int, error) {
	l.Warn().Msg(strings.TrimSpace(string(p)))
	return len(p), nil
}
