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

// What a connection may take of the process. The time of a body is bounded by
// [Body]; the time of an answer is not: it may stream.
const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute // between two requests of a connection
	shutdownTimeout   = 5 * time.Second // for answers under way at the end
)

// Listener is an address and the HTTP server on it. All limits of connections
// are set here.
type Listener struct {
	ln  net.Listener
	srv *http.Server
	log zerolog.Logger
}

// Listen takes an address. Connections are kept waiting until Serve.
func Listen(addr string, logger zerolog.Logger) (*Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &Listener{ln: ln, log: logger, srv: &http.Server{
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          log.New(serverLog{logger}, "", 0),
	}}, nil
}

// URL is where the listener can be called from this machine.
func (l *Listener) URL() string { return "http://" + reachable(l.ln.Addr().String()) }

// reachable turns "every address" into one that can be called.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}

// Serve answers requests in the background until Shutdown. It is called once.
func (l *Listener) Serve(h http.Handler) {
	l.srv.Handler = h
	go func() {
		if err := l.srv.Serve(l.ln); !errors.Is(err, http.ErrServerClosed) {
			l.log.Error().Err(err).Stringer("addr", l.ln.Addr()).Msg("a listener failed")
		}
	}()
}

// Shutdown takes no more requests and lets answers under way finish within
// shutdownTimeout, then cuts them: a stream that never ends must not hold up
// the end of the process. It may be called twice, and without Serve.
func (l *Listener) Shutdown(ctx context.Context) error {
	defer func() { _ = l.ln.Close() }() // the server closes it only if it serves
	ctx, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()
	if err := l.srv.Shutdown(ctx); err != nil {
		return l.srv.Close()
	}
	return nil
}

// serverLog passes net/http's own lines on, which have no form and no level.
type serverLog struct{ zerolog.Logger }

// Write implements [io.Writer].
func (l serverLog) Write(p []byte) (int, error) {
	l.Warn().Msg(strings.TrimSpace(string(p)))
	return len(p), nil
}
