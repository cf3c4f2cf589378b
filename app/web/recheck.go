package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"aigc/app/fault"
	"aigc/app/service"
)

// This file ends long answers whose caller may not have them any more: the key was
// revoked, lost its admin rights, or the first key was made, here or by another process on
// the ledger. Event streams, waits, downloads and uploads are all bound to the context of
// their request, whose cause is then the fault; what does not heed it is cut off.

const (
	// accessInterval is how often the access of a request in progress is checked. The
	// service remembers keys for a second, so that this costs no query of its own.
	accessInterval = 1500 * time.Millisecond
	// accessGrace is how long a request may take to end by itself.
	accessGrace = time.Second
)

// recheck checks the access of a request in progress.
type recheck struct {
	key    string
	caller service.Caller
	cancel context.CancelCauseFunc // ends the request's context

	mu    sync.Mutex
	timer *time.Timer // nil: the access is not checked
	ended bool        // the request
}

// keepChecking begins to check whether key still belongs to x.Caller.
func (x *Exchange) keepChecking(key string) {
	c := &x.access
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil || c.ended || c.cancel == nil {
		return
	}
	c.key, c.caller = key, x.Caller
	c.timer = time.AfterFunc(x.handler.AccessInterval, x.checkAccess)
}

func (x *Exchange) checkAccess() {
	c := &x.access
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	caller, err := x.handler.Access.Authenticate(ctx, c.key)
	kind := fault.KindOf(err)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.ended:
	case err == nil && caller == c.caller, err != nil && kind != fault.Unauthenticated: // or the ledger does not say
		c.timer.Reset(x.handler.AccessInterval)
	case err == nil:
		x.endAccess(fault.New(fault.Forbidden, "access_changed", "The rights of this API key changed during the request. Send it again.").WithCharge(fault.ChargedNo))
	default:
		x.endAccess(fault.Wrap(err, fault.Unauthenticated, "access_ended", "The access of this request ended: its API key was revoked, or a key is needed now.").WithCharge(fault.ChargedNo))
	}
}

// endAccess ends the request, of which c.mu is locked. Reading its body fails at once.
func (x *Exchange) endAccess(f *fault.Error) {
	x.access.cancel(f)
	if x.body != nil {
		x.body.stop(f)
	}
	x.access.timer = time.AfterFunc(accessGrace, func() {
		x.access.mu.Lock()
		defer x.access.mu.Unlock()
		if !x.access.ended { // its connection is not used by a next request yet
			_ = http.NewResponseController(x.ResponseWriter).SetWriteDeadline(time.Now())
		}
	})
}

// stop ends the checks, and the request's context.
func (c *recheck) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.timer != nil {
		c.timer.Stop()
	}
	if c.cancel != nil {
		c.cancel(nil)
	}
}

// AccessEnded calls f if the access of the request with this context ends; not if the
// caller leaves. The returned function stops that.
func AccessEnded(ctx context.Context, f func()) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		if kind := fault.KindOf(context.Cause(ctx)); kind == fault.Unauthenticated || kind == fault.Forbidden {
			f()
		}
	})
}
