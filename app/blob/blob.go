package blob

import (
	"context"
	"io"
	"iter"
	"time"
)

// Store stores objects by name. Names are relative paths with slashes; see
// [ValidName]. All methods may be called concurrently.
//
// Errors are faults of kind NotFound ("object_not_found") or Unavailable
// ("storage_down"). An error of ctx is returned unchanged.
type Store interface {
	// Put creates or replaces an object with the next size bytes of r. The object
	// is durable when Put returns. Readers see the whole former or the whole new
	// object, never a mixture. If ctx is canceled, or r has more or fewer bytes,
	// the former object remains; after "storage_down" it may be either one. Put is
	// idempotent.
	Put(ctx context.Context, name string, r io.Reader, size int64, o PutOptions) error
	// Open opens an object for reading. After a Seek only the bytes from that
	// offset on are fetched. The caller must close it. ctx also bounds the reads.
	Open(ctx context.Context, name string) (io.ReadSeekCloser, Info, error)
	Stat(ctx context.Context, name string) (Info, error)
	// Delete removes an object. It is no error if the object does not exist.
	Delete(ctx context.Context, name string) error
	// List yields the objects whose names begin with prefix, in the byte order of
	// names, with PutOptions left empty. Sidecars and unfinished files are not
	// listed. An error is the last item.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Check writes and reads a test object; nil if both work.
	Check(ctx context.Context) error
	Close() error
}

// PutOptions are metadata for other clients of the same store. aigc itself reads
// the sidecar instead, so a store need not keep them.
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
	ETag     string // with quotes, as in the HTTP header
	PutOptions
}

// Presigner is a store that can create presigned URLs: links to the store itself
// that work without a key.
type Presigner interface {
	// Presign returns a URL that serves an object for ttl, 1 second to
	// [MaxPresign]. It does not check that the object exists. Types for which
	// [Inline] is false are always served as an attachment.
	Presign(ctx context.Context, name string, ttl time.Duration, o PresignOptions) (string, error)
}

// PresignOptions configure a presigned URL.
type PresignOptions struct {
	Download bool // serve every type as an attachment
}

// MaxPresign is the longest lifetime of a presigned URL.
const MaxPresign = 7 * 24 * time.Hour
