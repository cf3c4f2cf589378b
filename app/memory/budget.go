package memory

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"

	"aigc/app/fault"
)

// ErrTooLarge is returned for a reservation that is larger than its whole budget.
var ErrTooLarge = errors.New("memory: more than the whole budget")

// Budget bounds the bytes that concurrent work holds. Reservations are granted in the
// order in which they were asked for, so that a large one is not passed over for ever.
// A nil Budget grants everything.
type Budget struct {
	size int64
	wait time.Duration // longest one of ReserveSoon
	sem  *semaphore.Weighted
}

// NewBudget makes a budget of a number of bytes.
func NewBudget(bytes int64) *Budget { return &Budget{bytes, maxWait, semaphore.NewWeighted(bytes)} }

// Reserve waits until bytes are free and reserves them. The error is [ErrTooLarge], or
// that of ctx.
func (b *Budget) Reserve(ctx context.Context, bytes int64) (*Reservation, error) {
	switch {
	case b == nil || bytes <= 0:
		return nil, nil
	case bytes > b.size:
		return nil, ErrTooLarge
	}
	if err := b.sem.Acquire(ctx, bytes); err != nil {
		return nil, err
	}
	return &Reservation{b, bytes}, nil
}

// ReserveAtMost is [Budget.Reserve], but what is larger than the whole budget reserves all
// of it.
func (b *Budget) ReserveAtMost(ctx context.Context, bytes int64) (*Reservation, error) {
	if b == nil {
		return nil, nil
	}
	return b.Reserve(ctx, min(bytes, b.size))
}

// Reservation is a number of bytes of a [Budget]. A nil Reservation has none. Its methods
// must not be called concurrently.
type Reservation struct {
	budget *Budget
	bytes  int64
}

// Shrink frees all but a number of bytes; with fewer reserved it does nothing.
func (r *Reservation) Shrink(bytes int64) {
	if r == nil || bytes >= r.bytes {
		return
	}
	r.budget.sem.Release(r.bytes - bytes)
	r.bytes = bytes
}

// Release frees all bytes. It may be called again.
func (r *Reservation) Release() { r.Shrink(0) }

// The wait of a request for memory, and the Retry-After of its refusal.
const (
	maxWait    = 3 * time.Second
	retryAfter = 5 * time.Second
)

// ReserveSoon is [Budget.Reserve] for the request of a caller: it waits for at most some
// seconds, and then returns a fault of kind Unavailable with the code server_busy. What is
// larger than the whole budget reserves all of it.
func (b *Budget) ReserveSoon(ctx context.Context, bytes int64) (*Reservation, error) {
	if b == nil {
		return nil, nil
	}
	soon, cancel := context.WithTimeout(ctx, b.wait)
	defer cancel()
	r, err := b.ReserveAtMost(soon, bytes)
	if err != nil && ctx.Err() == nil {
		f := fault.Wrap(err, fault.Unavailable, "server_busy", "The server reads as many large requests as its memory allows. Repeat the request later.").WithCharge(fault.ChargedNo)
		f.RetryAfter = retryAfter
		return nil, f
	}
	return r, err
}
