package provider

import (
	"context"

	"aigc/app/jsonblob"
)

// What is decoded takes some hundred bytes for each key and value of an answer, however
// short it is, so that an answer of 2 MB could take a hundred times that.
var (
	answerLimits = &jsonblob.Limits{Depth: 10_000, Keys: 1024, Items: 1024, Values: 16 << 10} // of an answer to a task
	listLimits   = &jsonblob.Limits{Depth: 10_000, Keys: 1024, Items: 8192, Values: 64 << 10} // of any other, such as a vendor's list of models
)

// The share of an answer in Client.Memory: nothing while it is small, as nearly all are, so
// that they never wait; of a larger one what masking and decoding it takes, in bytes for
// each of its bytes.
const (
	smallAnswer = 64 << 10
	answerShare = 16
)

// reserve waits until the memory for an answer that was received is free, and reserves it
// until Close. Who has reserved some waits for no vendor, so the wait is short; it does not
// end with ctx, because the answer may be paid for.
func (c *Client) reserve(ctx context.Context, size int64) {
	if size > smallAnswer {
		c.Close()                                                                    // a client never waits while it has a reservation
		r, _ := c.Memory.ReserveAtMost(context.WithoutCancel(ctx), answerShare*size) // it fails with ctx only
		c.reserved.Store(r)
	}
}

// Close frees the memory of the answer that was read last. It must be called when the
// driver has returned; the client may be used again.
func (c *Client) Close() { c.reserved.Swap(nil).Release() }
