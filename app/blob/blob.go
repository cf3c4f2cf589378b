package blob

import (
	"context"
	"io"
	"iter"
	"time"
)

// Store keeps objects by name. Names are relative paths with slashes; see
// [ValidName]. All methods may be called concurrently.
//
// Errors a caller can act on are faults: NotFound "object_not_found" and
// Unavailable "storage_down". An error of ctx is returned as it is.
type Store interface {
	// Put creates or replaces an object: size bytes of r, from where r stands. It
	// is durable when Put returns, and readers see either the former object or
	// the new one, whole. A cancelled Put and an r of more or fewer bytes leave the
	// former object; after "storage_down" it may be either. Put may be repeated.
	Put(ctx context.Context, name string, r io.Reader, size int64, o PutOptions) error
	// Open opens an object for reading. Reads after a Seek fetch only what
	// follows that offset. The caller closes it; ctx holds for its reads too.
	Open(ctx context.Context, name string) (io.ReadSeekCloser, Info, error)
	Stat(ctx context.Context, name string) (Info, error)
	// Delete removes an object. One that is absent is no error.
	Delete(ctx context.Context, name string) error
	// List yields the objects whose names begin with prefix, in the byte order of
	// names, without their ContentType, TaskID and SHA256. Sidecars and unfinished
	// files are left out. An error ends the list.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Check proves that the store can be written and read now.
	Check(ctx context.Context) error
	Close() error
}

// PutOptions describe an object to other clients of the same store. A store
// without a place for them leaves them out: our own truth is the sidecar.
type PutOptions struct {
	ContentType string // MIME type; empty: application/octet-stream
	TaskID      string // the task that made it; empty for uploads
	SHA256      string // of the content, in hex
}

// Info describes a stored object.
type Info struct {
	Name     string
	Size     int64 // bytes
	Modified time.Time
	ETag     string // with its quotes, as HTTP wants it
	PutOptions
}

// Presigner is a store whose objects can be fetched from it directly, by
// addresses that hold their own permission.
type Presigner interface {
	// Presign makes an address that serves an object until ttl has passed: 1 s to
	// [MaxPresign]. It does not look whether the object exists. What [Inline]
	// refuses is always served as an attachment.
	Presign(ctx context.Context, name string, ttl time.Duration, o PresignOptions) (string, error)
}

// PresignOptions say how a presigned address serves its object.
type PresignOptions struct {
	Download bool // as an attachment, whatever its type
}

// MaxPresign is the longest life of a presigned address.
const MaxPresign = 7 * 24 * time.Hour
