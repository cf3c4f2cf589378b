package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/minio/minio-go/v7"
)

// Open implements [Store]. It asks for the object's description alone; the
// first read asks for the content.
func (s *S3) Open(ctx context.Context, name string) (io.ReadSeekCloser, Info, error) {
	o, err := s.Stat(ctx, name)
	if err != nil {
		return nil, Info{}, err
	}
	return &s3Object{ctx: ctx, store: s, info: o}, o, nil
}

// s3Object reads an object from where it stands to its end with one request. A
// Seek elsewhere ends that request, and the next read makes another one. All of
// them are for the same version: one that was replaced meanwhile is an error
// and never a mixture.
type s3Object struct {
	ctx    context.Context // it holds for the object's reads, as Open says
	store  *S3
	info   Info
	offset int64         // of the next read
	body   io.ReadCloser // nil until a read; stands at offset
	closed bool
}

// Read implements [io.Reader].
func (o *s3Object) Read(p []byte) (int, error) {
	switch {
	case o.closed:
		return 0, fs.ErrClosed
	case o.offset >= o.info.Size:
		return 0, io.EOF
	case o.body == nil:
		if err := o.request(); err != nil {
			return 0, err
		}
	}
	n, err := o.body.Read(p)
	o.offset += int64(n)
	switch {
	case err == io.EOF && o.offset < o.info.Size:
		err = unavailable(io.ErrUnexpectedEOF)
	case err != nil && err != io.EOF:
		err = unavailable(err)
	}
	return n, err
}

func (o *s3Object) request() (err error) {
	var opts minio.GetObjectOptions
	if err = opts.SetMatchETag(strings.Trim(o.info.ETag, `"`)); err != nil {
		return unavailable(err)
	}
	if o.offset > 0 {
		if err = opts.SetRange(o.offset, 0); err != nil { // to the end
			return unavailable(err)
		}
	}
	o.body, _, _, err = o.store.core().GetObject(o.ctx, o.store.bucket, o.info.Name, opts)
	if err != nil {
		o.body = nil
	}
	return s3Fault(err)
}

// Seek implements [io.Seeker].
func (o *s3Object) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.offset
	case io.SeekEnd:
		offset += o.info.Size
	}
	if offset < 0 || o.closed {
		return o.offset, errors.New("blob: seek before the start, or of a closed object")
	}
	if offset != o.offset {
		o.offset = offset
		return offset, o.end()
	}
	return offset, nil
}

// Close implements [io.Closer].
func (o *s3Object) Close() error {
	o.closed = true
	return o.end()
}

// end ends a request that is under way.
func (o *s3Object) end() error {
	if o.body == nil {
		return nil
	}
	err := o.body.Close()
	o.body = nil
	return err
}
