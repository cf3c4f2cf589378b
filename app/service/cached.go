package service

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// cached is a value that is read from the ledger, so that not every request reads it. One
// request reads for all that wait, also if it fails: a ledger that does not answer must
// not be waited for by one request after another.
type cached[T any] struct {
	ttl     time.Duration
	reading singleflight.Group

	mu    sync.Mutex
	value T
	until time.Time // zero: there is no value
	epoch int       // a read that began before forget is not kept
}

// get returns the value, which read reads if there is none that is younger than ttl and
// which is kept if keep says so. It returns when ctx ends; the read goes on.
func (c *cached[T]) get(ctx context.Context, read func(context.Context) (T, error), keep func(T) bool) (value T, err error) {
	c.mu.Lock()
	value, until, epoch := c.value, c.until, c.epoch
	c.mu.Unlock()
	if time.Now().Before(until) {
		return value, nil
	}
	done := c.reading.DoChan("", func() (any, error) {
		v, err := read(context.WithoutCancel(ctx))
		if err == nil && keep(v) {
			c.set(v, epoch)
		}
		return v, err
	})
	select {
	case r := <-done:
		return r.Val.(T), r.Err
	case <-ctx.Done():
		return value, ctx.Err()
	}
}

func (c *cached[T]) set(v T, epoch int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch == epoch {
		c.value, c.until = v, time.Now().Add(c.ttl)
	}
}

// forget makes the next get read again.
func (c *cached[T]) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until, c.epoch = time.Time{}, c.epoch+1
	c.reading.Forget("")
}
