package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3Config is the address of a bucket and the key for it. The key needs the
// permissions to list the bucket, to read, write and delete its objects, and to
// create the bucket if it does not exist.
type S3Config struct {
	Endpoint  string // host or host:port
	Secure    bool   // TLS
	AccessKey string
	SecretKey string
	Bucket    string
	Region    string // empty: the client library asks the service
}

// S3 is a store in a bucket of MinIO or another S3 service. Several processes
// may use one bucket.
type S3 struct {
	client      *minio.Client
	bucket      string
	region      string
	bucketFound atomic.Bool // the bucket existed at the last call
}

const (
	// s3Attempts is how often the client library sends a request. After that the
	// caller retries: a task stays in the state storing.
	s3Attempts = 3
	// dialTimeout limits the wait for an address that drops packets.
	dialTimeout = 5 * time.Second
	// s3Idle is how many idle connections are kept. A worker's 32 submissions put an object
	// and its sidecar at the same time; the library's 16 would close most of them after each.
	s3Idle = 64
)

// NewS3 returns a store without connecting to the service; see [S3.MakeBucket].
func NewS3(c S3Config) (*S3, error) {
	transport, err := minio.DefaultTransport(c.Secure)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	transport.MaxIdleConnsPerHost = s3Idle
	transport.DialContext = (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext
	client, err := minio.New(c.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: c.Secure, Region: c.Region,
		Transport: transport, MaxRetries: s3Attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return &S3{client: client, bucket: c.Bucket, region: c.Region}, nil
}

// BucketExists asks the service whether the bucket exists.
func (s *S3) BucketExists(ctx context.Context) (bool, error) {
	found, err := s.client.BucketExists(ctx, s.bucket)
	return found, s3Fault(err)
}

// MakeBucket creates the bucket if it does not exist. Several processes may call
// it concurrently. Put and Check call it until it has succeeded once, so a process
// can start while the service is unavailable.
func (s *S3) MakeBucket(ctx context.Context) error {
	if s.bucketFound.Load() {
		return nil
	}
	found, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return s3Fault(err)
	}
	if !found {
		err = s.client.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: s.region})
		if code := s3Code(err); code != minio.BucketAlreadyOwnedByYou && code != minio.BucketAlreadyExists && err != nil {
			return s3Fault(err)
		}
		if found, existsErr := s.client.BucketExists(ctx, s.bucket); !found { // it belongs to another account
			return s3Fault(errors.Join(err, existsErr, errors.New("blob: the bucket cannot be created")))
		}
	}
	s.bucketFound.Store(true)
	return nil
}

// Stat implements [Store].
func (s *S3) Stat(ctx context.Context, name string) (Info, error) {
	if err := ValidName(name); err != nil {
		return Info{}, err
	}
	o, err := s.client.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, s3Fault(err)
	}
	return s3Info(o), nil
}

func s3Info(o minio.ObjectInfo) Info {
	return Info{
		Name: o.Key, Size: o.Size, Modified: o.LastModified, ETag: `"` + strings.Trim(o.ETag, `"`) + `"`,
		PutOptions: PutOptions{ContentType: o.ContentType, TaskID: o.UserMetadata[metaTask], SHA256: o.UserMetadata[metaSHA256]},
	}
}

// Delete implements [Store].
func (s *S3) Delete(ctx context.Context, name string) error {
	err := ValidName(name)
	if err == nil {
		err = s3Fault(s.client.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{}))
	}
	return ignoreNotFound(err)
}

// List implements [Store].
func (s *S3) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		for o := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if o.Err != nil {
				yield(Info{}, s3Fault(o.Err))
				return
			}
			if ValidName(o.Key) != nil || isSidecar(o.Key) { // such as s3CheckName
				continue
			}
			info := s3Info(o)
			info.PutOptions = PutOptions{} // not all services return it here
			if !yield(info, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil { // the library's iterator ends without an error when ctx is canceled
			yield(Info{}, err)
		}
	}
}

// s3CheckName is not a valid object name, so callers cannot open it.
const s3CheckName = ".aigc-check"

// Check implements [Store].
func (s *S3) Check(ctx context.Context) error {
	if err := s.MakeBucket(ctx); err != nil {
		return err
	}
	if err := s.put(ctx, s3CheckName, strings.NewReader(checkText), int64(len(checkText)), minio.PutObjectOptions{}); err != nil {
		return err
	}
	r, _, _, err := s.core().GetObject(ctx, s.bucket, s3CheckName, minio.GetObjectOptions{})
	if err != nil {
		return unavailable(err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, 100))
	if err == nil && string(data) != checkText {
		err = errors.New("blob: the bytes read differ from the bytes written")
	}
	return unavailable(err)
}

func (s *S3) core() minio.Core { return minio.Core{Client: s.client} }

// Close implements [Store].
func (s *S3) Close() error { return nil }

// s3Fault converts an error of the client library to a fault. A missing bucket is
// "storage_down", not "object_not_found": the caller must not conclude that a
// result is lost.
func s3Fault(err error) error {
	if s3Code(err) == minio.NoSuchKey {
		return notFound(err)
	}
	return unavailable(err)
}

// s3Code returns the service's error code; empty if it did not answer.
func s3Code(err error) string {
	var res minio.ErrorResponse
	if errors.As(err, &res) {
		return res.Code
	}
	return ""
}

// Refused says whether an error of [S3] means that the service answered and
// rejected the key, its permissions or the bucket's name. A retry helps only after
// the settings were changed.
func Refused(err error) bool {
	var res minio.ErrorResponse
	if !errors.As(err, &res) {
		return false
	}
	switch res.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return res.StatusCode >= 400 && res.StatusCode < 500
}
