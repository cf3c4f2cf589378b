package mcpapi

import (
	"sync"
	"time"

	"aigc/app/task"
	"aigc/app/web"
)

// delivery is the answer to one tool call: [service.Delivery]. It is delivered if the
// tool has returned, the client has not canceled the call, and the exchange wrote its
// response wholly.
type delivery struct {
	exchange *web.Exchange
	out      *answerWriter
	confirm  bool // the client is behind a bridge, which confirms what it has written

	mu       sync.Mutex
	begin    []func(confirmed bool)
	end      []func(delivered bool)
	returned bool
	canceled bool
}

// Notify implements [service.Delivery].
func (d *delivery) Notify(begin func(confirmed bool), end func(delivered bool)) {
	var once sync.Once
	endOnce := func(delivered bool) { once.Do(func() { end(delivered) }) }
	d.mu.Lock()
	d.begin, d.end = append(d.begin, begin), append(d.end, endOnce)
	canceled := d.canceled
	d.mu.Unlock()
	if canceled {
		endOnce(false)
	}
	d.exchange.OnEnd(func(written bool) {
		if written = written && d.valid(); written && d.confirm {
			time.AfterFunc(task.ConfirmWithin, func() { endOnce(false) })
			return
		}
		endOnce(written)
	})
}

func (d *delivery) valid() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.returned && !d.canceled && d.out.hasAnswered()
}

// cancel ends the call without an answer, although one may still be written. When it
// returns, an equal call joins the task.
func (d *delivery) cancel() {
	d.mu.Lock()
	end := d.end
	d.canceled = true
	d.mu.Unlock()
	for _, f := range end {
		f(false)
	}
}

// returning is called when the tool is about to return.
func (d *delivery) returning() {
	d.mu.Lock()
	begin := d.begin
	d.begin, d.returned = nil, !d.canceled
	d.mu.Unlock()
	for _, f := range begin {
		f(d.confirm)
	}
}
