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

// S3Config says where a bucket is and who may use it. The key needs the rights
// to list the bucket, to read, write and delete its objects, and, where the
// bucket is not there yet, to make it.
type S3Config struct {
	Endpoint  string // host or host:port
	Secure    bool   // TLS
	AccessKey string
	SecretKey string
	Bucket    string
	Region    string // empty: asked of the service
}

// S3 is a store in a bucket of MinIO or another S3 service. Several processes
// may use one bucket.
type S3 struct {
	client *minio.Client
	bucket string
	region string
	found  atomic.Bool // the bucket exists, as far as we know
}

const (
	// attempts of one request by the client library. What still fails is the
	// caller's to repeat: a task waits in storing.
	s3Attempts = 3
	// dialTimeout bounds how long an address that swallows packets holds a caller.
	dialTimeout = 5 * time.Second
)

// NewS3 makes a store without asking the service for anything; see [S3.MakeBucket].
func NewS3(c S3Config) (*S3, error) {
	transport, err := minio.DefaultTransport(c.Secure)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
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

// BucketExists asks the service for the bucket.
func (s *S3) BucketExists(ctx context.Context) (bool, error) {
	found, err := s.client.BucketExists(ctx, s.bucket)
	return found, s3Fault(err)
}

// MakeBucket makes the bucket if it is absent. Several processes may do so at
// the same time. Put and Check repeat it until it has worked once, so a process
// may start while the service is away.
func (s *S3) MakeBucket(ctx context.Context) error {
	if s.found.Load() {
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
			return s3Fault(errors.Join(err, existsErr, errors.New("blob: the bucket cannot be made")))
		}
	}
	s.found.Store(true)
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
			if ValidName(o.Key) != nil || isSidecar(o.Key) { // such as the object of Check
				continue
			}
			info := s3Info(o)
			info.PutOptions = PutOptions{} // some services list it, others do not
			if !yield(info, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil { // the library ends its list without an error
			yield(Info{}, err)
		}
	}
}

// s3CheckName is no valid name, so no caller can reach it.
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
		err = errors.New("blob: what was written is not what is read")
	}
	return unavailable(err)
}

func (s *S3) core() minio.Core { return minio.Core{Client: s.client} }

// Close implements [Store].
func (s *S3) Close() error { return nil }

// s3Fault is an error of the client library as a fault. An absent bucket is
// "storage_down" and not an absent object, from which a caller would conclude
// that a result is lost.
func s3Fault(err error) error {
	if s3Code(err) == minio.NoSuchKey {
		return notFound(err)
	}
	return unavailable(err)
}

// s3Code is the service's own code of an error; empty if it did not answer.
func s3Code(err error) string {
	var res minio.ErrorResponse
	if errors.As(err, &res) {
		return res.Code
	}
	return ""
}

// Refused says whether an error of an [S3] means that the service answered and
// does not take the key, its rights or the bucket's name. Repeating helps only
// after a person has changed the settings.
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
