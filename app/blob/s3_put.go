package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/minio/minio-go/v7"
)

const (
	// partSize is the part size of multipart uploads in bytes. Without it the
	// client library chooses one, and buffers up to 528 MiB for a stream.
	partSize = 16 << 20
	// partThreads is how many parts of one object are sent concurrently.
	partThreads = 2
	// smallPut is up to how many bytes an object is hashed before it is sent, and not while
	// it is: to send signed chunks, as the library does without TLS, it allocates buffers of
	// 128 KiB for each object, which keep the garbage collector busy.
	smallPut = 64 << 10
)

// Names of the user metadata in the client library: x-amz-meta-task-id and
// x-amz-meta-sha256 on the wire.
const (
	metaTask   = "Task-Id"
	metaSHA256 = "Sha256"
)

// Put implements [Store].
func (s *S3) Put(ctx context.Context, name string, r io.Reader, size int64, o PutOptions) error {
	if err := ValidName(name); err != nil {
		return err
	}
	if err := s.MakeBucket(ctx); err != nil {
		return err
	}
	body, err := exactSize(r, size)
	if err != nil {
		return unavailable(err)
	}
	meta := map[string]string{}
	if o.TaskID != "" {
		meta[metaTask] = o.TaskID
	}
	if o.SHA256 != "" {
		meta[metaSHA256] = o.SHA256
	}
	return s.put(ctx, name, body, size, minio.PutObjectOptions{ContentType: o.ContentType, UserMetadata: meta})
}

func (s *S3) put(ctx context.Context, name string, r io.Reader, size int64, o minio.PutObjectOptions) error {
	var err error
	if size <= smallPut {
		err = s.putSmall(ctx, name, r, o)
	} else {
		o.PartSize, o.NumThreads = partSize, partThreads
		_, err = s.client.PutObject(ctx, s.bucket, name, r, size, o)
	}
	if s3Code(err) == minio.NoSuchBucket { // it was deleted: the next Put creates it again
		s.bucketFound.Store(false)
	}
	return unavailable(err)
}

// putSmall sends an object in one piece, with its SHA-256 in the signature.
func (s *S3) putSmall(ctx context.Context, name string, r io.Reader, o minio.PutObjectOptions) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	o.DisableContentSha256 = true // of chunks
	_, err = s.core().PutObject(ctx, s.bucket, name, bytes.NewReader(data), int64(len(data)), "", hex.EncodeToString(sum[:]), o)
	return err
}

// exactSize returns a reader for the next size bytes of r that fails before EOF if
// r has more or fewer, so that the service stores nothing. If r is an io.ReaderAt
// the result is one, too: then the library can resend a failed request, and sends
// the parts of a large file without buffering them.
func exactSize(r io.Reader, size int64) (io.Reader, error) {
	at, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		e := &exactReader{r: r, left: size, size: size}
		if size > 0 {
			return e, nil
		}
		if err := e.expectEOF(); err != io.EOF {
			return nil, err
		}
		return strings.NewReader(""), nil // net/http does not read a body of length 0, so the check is done here
	}
	from, err := at.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, err
	}
	end, err := at.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if end-from != size {
		return nil, fmt.Errorf("blob: expected %d bytes, there are %d: %w", size, end-from, io.ErrUnexpectedEOF)
	}
	return io.NewSectionReader(at, from, size), nil
}

// exactReader returns the last byte only after it has read EOF behind it.
type exactReader struct {
	r          io.Reader
	left, size int64
}

func (e *exactReader) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.r.Read(p)
	e.left -= int64(n)
	switch {
	case e.left == 0 && n > 0:
		if err = e.expectEOF(); err == io.EOF {
			return n, io.EOF
		}
		return 0, err
	case err == io.EOF:
		return n, fmt.Errorf("blob: expected %d bytes, read %d: %w", e.size, e.size-e.left, io.ErrUnexpectedEOF)
	}
	return n, err
}

// expectEOF returns io.EOF if r has no more bytes.
func (e *exactReader) expectEOF() error {
	n, err := io.ReadFull(e.r, make([]byte, 1))
	if n > 0 {
		return fmt.Errorf("blob: expected %d bytes, read more: %w", e.size, io.ErrUnexpectedEOF)
	}
	return err
}
