package blob

import (
	"context"
	"io"
	"time"
)

// Store keeps objects by name. Names are relative paths with slashes; see
// [ValidName]. Errors a caller can act on are faults: NotFound, Unavailable.
type Store interface {
	// Put creates or replaces an object of size bytes. A failed or cancelled Put
	// leaves what was there before.
	Put(ctx context.Context, name string, r io.Reader, size int64) error
	// Batch stores several objects. They can be read when it returns, and survive
	// the end of the process; sync makes sure that they survive a loss of power
	// too. Repeating either is fine; after an error any part of it may have been
	// stored.
	Batch(ctx context.Context, items []Item) (sync func() error, err error)
	Open(ctx context.Context, name string) (io.ReadSeekCloser, Object, error)
	Stat(ctx context.Context, name string) (Object, error)
	Delete(ctx context.Context, name string) error
	// List returns up to limit objects after a name, in the order of names.
	// Sidecars and unfinished files are not objects.
	List(ctx context.Context, prefix, after string, limit int) ([]Object, error)
	// Check proves that the store can be written and read now.
	Check(ctx context.Context) error
	Close() error
}

// Item is one object of a batch: a finished and durable file of this machine,
// which stays where it is, or data.
type Item struct {
	Name string
	Path string
	Data []byte
}

// Object describes a stored object.
type Object struct {
	Name     string
	Size     int64 // bytes
	Modified time.Time
	ETag     string // with its quotes
}
