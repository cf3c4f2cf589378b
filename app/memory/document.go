package memory

import (
	"context"
	"io"
)

// The share of a document in a [Budget]: nothing while it is small, as nearly all are, so
// that they never wait; of a larger one what reading, decoding and checking it takes, in
// bytes for each of its bytes.
const (
	smallDocument = 64 << 10
	documentShare = 12
)

// Document is the reservation of one request's document, from its receipt until it was
// checked. A nil Document reserves nothing.
type Document struct {
	budget   *Budget
	max      int64 // bytes that it may have
	size     int64 // bytes that were received
	reserved *Reservation
}

// NewDocument makes the reservation of a document of at most maxBytes.
func NewDocument(b *Budget, maxBytes int64) *Document { return &Document{budget: b, max: maxBytes} }

// Writer is a writer of the document to w. As soon as it is not small any more, Write
// waits for its reservation; see [Budget.ReserveSoon].
func (d *Document) Writer(ctx context.Context, w io.Writer) io.Writer {
	if d == nil {
		return w
	}
	return &documentWriter{d, ctx, w}
}

// Release frees the reservation. It may be called again.
func (d *Document) Release() {
	if d == nil {
		return
	}
	d.reserved.Release()
}

// Received says that the document is complete, so that no more is reserved than it needs.
func (d *Document) Received() {
	if d != nil {
		d.reserved.Shrink(documentShare * d.size)
	}
}

type documentWriter struct {
	*Document
	ctx context.Context
	w   io.Writer
}

// Write implements [io.Writer].
func (w *documentWriter) Write(p []byte) (int, error) {
	if w.size += int64(len(p)); w.size > smallDocument && w.reserved == nil {
		var err error
		if w.reserved, err = w.budget.ReserveSoon(w.ctx, documentShare*w.max); err != nil {
			return 0, err
		}
	}
	return w.w.Write(p)
}
