package web

import (
	"errors"
	"net/http"
	"sync"
)

// delivery tells those who ask whether the response of an exchange reached the
// connection.
//
// A response counts as delivered if every byte was written and flushed without an
// error and the connection was open before the last of them was written. That the
// caller closes it right afterwards changes nothing: many clients do.
type delivery struct {
	mu     sync.Mutex
	begin  []func(confirmed bool)
	end    []func(delivered bool)
	begun  bool // the first byte is being written
	ended  bool
	failed bool // a write failed, or the caller had left before it
}

// Notify implements [service.Delivery].
func (x *Exchange) Notify(begin func(confirmed bool), end func(delivered bool)) {
	x.delivery.mu.Lock()
	if !x.delivery.begun {
		x.delivery.begin = append(x.delivery.begin, begin)
	}
	x.delivery.mu.Unlock()
	x.OnEnd(end)
}

// OnEnd calls f once, after the last byte of the response or when it is clear that it
// is not sent; at once if that was before.
func (x *Exchange) OnEnd(f func(delivered bool)) {
	d := &x.delivery
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended {
		go f(false)
		return
	}
	d.end = append(d.end, f)
}

// beginResponse runs the functions of Notify before the first byte.
func (x *Exchange) beginResponse(status int) {
	x.endBody()
	x.status = status
	d := &x.delivery
	d.mu.Lock()
	begin := d.begin
	d.begin, d.begun = nil, true
	d.mu.Unlock()
	for _, f := range begin {
		f(false)
	}
}

// beforeWrite notes whether the caller has left before a write.
func (x *Exchange) beforeWrite() {
	select {
	case <-x.gone:
		x.delivery.failed = true
	default:
	}
}

// afterWrite notes the error of a write or a flush.
func (x *Exchange) afterWrite(err error) {
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		x.delivery.failed = true
	}
}

// FlushError is [http.Flusher] for [http.ResponseController].
func (x *Exchange) FlushError() error {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	err := http.NewResponseController(x.ResponseWriter).Flush()
	x.afterWrite(err)
	return err
}

// endDelivery runs the functions of OnEnd. With one of them it flushes the response
// first, since net/http keeps the end of a short response in memory until the handler
// has returned.
func (x *Exchange) endDelivery(failed bool) {
	d := &x.delivery
	d.mu.Lock()
	end := d.end
	d.end, d.begin, d.ended = nil, nil, true
	d.mu.Unlock()
	if len(end) == 0 {
		return
	}
	if failed = failed || x.status == 0; !failed {
		_ = x.FlushError()
	}
	for _, f := range end {
		f(!failed && !d.failed)
	}
}
