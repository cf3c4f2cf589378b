package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/minio/minio-go/v7"
)

// Open implements [Store]. It sends a HEAD request; the content is requested by
// the first Read.
func (s *S3) Open(ctx context.Context, name string) (io.ReadSeekCloser, Info, error) {
	o, err := s.Stat(ctx, name)
	if err != nil {
		return nil, Info{}, err
	}
	return &s3Object{ctx: ctx, store: s, info: o}, o, nil
}

// s3Object reads an object from offset to its end with one GET request. A Seek to
// another offset closes that request, and the next Read sends a new one. All
// requests have If-Match with the ETag of Open: if the object was replaced in
// between, Read fails instead of mixing two versions.
type s3Object struct {
	ctx    context.Context // of Open; it bounds the reads
	store  *S3
	info   Info
	offset int64         // of the next Read
	body   io.ReadCloser // response body at offset; nil if no request is open
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
		return o.offset, errors.New("blob: seek to a negative offset, or on a closed object")
	}
	if offset != o.offset {
		o.offset = offset
		return offset, o.closeBody()
	}
	return offset, nil
}

// Close implements [io.Closer].
func (o *s3Object) Close() error {
	o.closed = true
	return o.closeBody()
}

// closeBody closes the open request, if any.
func (o *s3Object) closeBody() error {
	if o.body == nil {
		return nil
	}
	err := o.body.Close()
	o.body = nil
	return err
}
