package mcpapi

import (
	"context"
	"time"
)

// connectAttempt is one call of Bridge.Connect, shared by all lines that wait for
// a server; done is closed when it has returned.
type connectAttempt struct {
	done   chan struct{}
	server *Endpoint
	err    error
}

// retryPause is the time between two attempts to reach a server.
const retryPause = 100 * time.Millisecond

// watchPause is the time between two calls of Endpoint.Alive.
const watchPause = time.Second

// watchServer polls Endpoint.Alive and replaces a dead server even if no line
// waits for it. It returns when the server runs in this process or ctx
// ends.
func (r *bridgeRun) watchServer(ctx context.Context) {
	tick := time.NewTicker(watchPause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		server := r.endpoint()
		if server.Stop != nil {
			return
		}
		if server.Alive != nil && !server.Alive(ctx) && ctx.Err() == nil {
			_, _ = r.replace(ctx, server) // after an error the next tick tries again
		}
	}
}

func (r *bridgeRun) endpoint() *Endpoint {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.server
}

// replace returns the server that replaces a dead one. The first of the waiting
// lines starts Connect, the others wait for the same call; it goes on if the
// first line stops waiting.
func (r *bridgeRun) replace(ctx context.Context, dead *Endpoint) (*Endpoint, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(retryPause): // another line may have connected
	}
	r.mu.Lock()
	if r.server != dead || r.closing {
		defer r.mu.Unlock()
		return r.server, nil
	}
	s := r.connecting
	if s == nil {
		s = &connectAttempt{done: make(chan struct{})}
		r.connecting = s
		r.work.Go(func() { r.connect(s) })
	}
	r.mu.Unlock()
	select {
	case <-s.done:
		return s.server, s.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *bridgeRun) connect(s *connectAttempt) {
	s.server, s.err = r.Connect(r.lifetime)
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.err == nil {
		r.server = s.server
	}
	r.connecting = nil
	close(s.done)
}
