package mcpapi

import (
	"context"
	"time"
)

// search is a search for a server under way; done is closed at its end.
type search struct {
	done   chan struct{}
	server *Endpoint
	err    error
}

// retryPause is the time between two tries to reach a server.
const retryPause = 100 * time.Millisecond

// watchPause is the time between two looks at a server that has Alive.
const watchPause = time.Second

// watch replaces a server that is gone although no line waits for it, until the
// server runs in this process or the bridge ends.
func (r *bridging) watch() {
	tick := time.NewTicker(watchPause)
	defer tick.Stop()
	for {
		select {
		case <-r.life.Done():
			return
		case <-tick.C:
		}
		server := r.endpoint()
		if server.Stop != nil {
			return
		}
		if server.Alive != nil && !server.Alive(r.life) {
			_, _ = r.replace(r.life, server) // without a new server it tries again
		}
	}
}

func (r *bridging) endpoint() *Endpoint {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.server
}

// replace is the server that takes the place of one which is gone. Of all lines
// that wait for one, the first begins the search; it goes on when that line
// waits no longer.
func (r *bridging) replace(ctx context.Context, gone *Endpoint) (*Endpoint, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(retryPause): // another line may have found one
	}
	r.mu.Lock()
	if r.server != gone || r.closing {
		defer r.mu.Unlock()
		return r.server, nil
	}
	s := r.search
	if s == nil {
		s = &search{done: make(chan struct{})}
		r.search = s
		r.work.Go(func() { r.find(s) })
	}
	r.mu.Unlock()
	select {
	case <-s.done:
		return s.server, s.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *bridging) find(s *search) {
	s.server, s.err = r.Connect(r.life)
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.err == nil {
		r.server = s.server
	}
	r.search = nil
	close(s.done)
}
