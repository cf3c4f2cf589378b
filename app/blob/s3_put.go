package blob

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/minio/minio-go/v7"
)

const (
	// partSize in bytes: larger objects go in parts. Left unset, the client
	// library takes parts of its own choice, and for a stream a buffer of 528 MiB.
	partSize = 16 << 20
	// partThreads is how many parts of one object are under way.
	partThreads = 2
)

// Names of the user metadata, as the library returns them: x-amz-meta-task-id
// and x-amz-meta-sha256 on the wire.
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
	body, err := exactly(r, size)
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
	o.PartSize, o.NumThreads = partSize, partThreads
	_, err := s.client.PutObject(ctx, s.bucket, name, r, size, o)
	if s3Code(err) == minio.NoSuchBucket { // removed since: the next Put makes it anew
		s.found.Store(false)
	}
	return unavailable(err)
}

// exactly returns a reader of size bytes of r that fails before its end where r
// has more or fewer, so that no service stores them. What can be read at any
// offset stays so: then the library repeats a failed request, and sends the
// parts of a large file without holding them in memory.
func exactly(r io.Reader, size int64) (io.Reader, error) {
	at, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		e := &exactReader{r: r, left: size, size: size}
		if size > 0 {
			return e, nil
		}
		if err := e.end(); err != io.EOF {
			return nil, err
		}
		return strings.NewReader(""), nil // HTTP would not read a body of length 0, so r was read here
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
		return nil, fmt.Errorf("blob: %d bytes were announced, there are %d: %w", size, end-from, io.ErrUnexpectedEOF)
	}
	return io.NewSectionReader(at, from, size), nil
}

// exactReader hands out the last byte only once it knows that none follows.
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
		if err = e.end(); err == io.EOF {
			return n, io.EOF
		}
		return 0, err
	case err == io.EOF:
		return n, fmt.Errorf("blob: %d bytes of %d are missing: %w", e.left, e.size, io.ErrUnexpectedEOF)
	}
	return n, err
}

// end is io.EOF where nothing follows.
func (e *exactReader) end() error {
	n, err := io.ReadFull(e.r, make([]byte, 1))
	if n > 0 {
		return fmt.Errorf("blob: more than the announced %d bytes came: %w", e.size, io.ErrUnexpectedEOF)
	}
	return err
}
