package blob_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/blob"
	"aigc/app/blob/blobtest"
	"aigc/app/fault"
)

func TestMain(m *testing.M) { apptest.Main(m) }

var ctx = context.Background()

// bucket returns a store at a running service. The bucket does not exist yet.
func bucket(t *testing.T, server *apptest.S3, name string) *blob.S3 {
	t.Helper()
	s, err := blob.NewS3(blob.S3Config{Endpoint: server.Endpoint, AccessKey: server.AccessKey, SecretKey: server.SecretKey, Bucket: name, Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestS3(t *testing.T) {
	t.Parallel()
	server := apptest.StartS3(t)
	var n atomic.Int64
	blobtest.Run(t, blobtest.Harness{KeepsOptions: true, Open: func(t *testing.T) blob.Store {
		s := bucket(t, server, fmt.Sprintf("bucket-%d", n.Add(1)))
		if err := s.MakeBucket(ctx); err != nil {
			t.Fatal(err)
		}
		return s
	}})
}

// Several processes may create the same bucket concurrently.
func TestS3BucketIsMadeOnce(t *testing.T) {
	t.Parallel()
	server := apptest.StartS3(t)
	var all sync.WaitGroup
	for i := range 8 {
		region := []string{"us-east-1", ""}[i%2]
		s, err := blob.NewS3(blob.S3Config{Endpoint: server.Endpoint, AccessKey: server.AccessKey, SecretKey: server.SecretKey, Bucket: "images", Region: region})
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			if err := s.Put(ctx, fmt.Sprintf("a/%d", i), strings.NewReader("x"), 1, blob.PutOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if found, err := bucket(t, server, "images").BucketExists(ctx); err != nil || !found {
		t.Errorf("%t, %v", found, err)
	}
	if found, err := bucket(t, server, "others").BucketExists(ctx); err != nil || found {
		t.Errorf("a bucket that does not exist: %t, %v", found, err)
	}
}

// While the service is down every call fails as Unavailable. After its restart the
// same store works again and has all acknowledged objects.
func TestS3Unavailable(t *testing.T) {
	t.Parallel()
	server := apptest.StartS3(t)
	s := bucket(t, server, "images")
	if err := s.Put(ctx, "a.png", strings.NewReader("paid"), 4, blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	_, statErr := s.Stat(ctx, "a.png")
	_, _, openErr := s.Open(ctx, "a.png")
	var listErr error
	for _, err := range s.List(ctx, "") {
		listErr = err
	}
	for name, err := range map[string]error{
		"put": s.Put(ctx, "b.png", strings.NewReader("x"), 1, blob.PutOptions{}), "stat": statErr, "open": openErr, "list": listErr,
		"delete": s.Delete(ctx, "a.png"), "check": s.Check(ctx), "make the bucket": bucket(t, server, "images").MakeBucket(ctx),
	} {
		if f := fault.From(err); err == nil || f.Kind != fault.Unavailable || f.StableCode() != "storage_down" || blob.Refused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	server.Start()
	f, _, err := s.Open(ctx, "a.png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if data, err := io.ReadAll(f); err != nil || string(data) != "paid" {
		t.Errorf("%q, %v", data, err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

// Refused distinguishes a wrong key from an unavailable service, and no error
// contains the secret.
func TestS3Refused(t *testing.T) {
	t.Parallel()
	server := apptest.StartS3(t)
	for name, c := range map[string]blob.S3Config{
		"wrong secret": {AccessKey: server.AccessKey, SecretKey: "hunter2-hunter2"},
		"wrong key":    {AccessKey: "unknown-key", SecretKey: "hunter2-hunter2"},
	} {
		c.Endpoint, c.Bucket, c.Region = server.Endpoint, "images", "us-east-1"
		s, err := blob.NewS3(c)
		if err != nil {
			t.Fatal(err)
		}
		for act, err := range map[string]error{"make the bucket": s.MakeBucket(ctx), "check": s.Check(ctx)} {
			if fault.KindOf(err) != fault.Unavailable || !blob.Refused(err) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s, %s: %v", name, act, err)
			}
		}
	}
}

// If the bucket was deleted, Put fails with "storage_down"; the next one creates it.
func TestS3BucketRemoved(t *testing.T) {
	t.Parallel()
	server := apptest.StartS3(t)
	s := bucket(t, server, "images")
	if err := s.MakeBucket(ctx); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(server.Dir, "images")); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(ctx, "a.png", strings.NewReader("x"), 1, blob.PutOptions{}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("put: %v", err)
	}
	if err := s.Put(ctx, "a.png", strings.NewReader("x"), 1, blob.PutOptions{}); err != nil {
		t.Errorf("put again: %v", err)
	}
}

// A presigned URL serves the object without a key, with ranges. Types that a
// browser could run as a script are attachments.
func TestS3Presign(t *testing.T) {
	t.Parallel()
	server := apptest.StartS3(t)
	s := bucket(t, server, "images")
	for name, c := range map[string]struct {
		object   string
		o        blob.PresignOptions
		inline   bool
		mimeType string
	}{
		"image":          {"a/fox.png", blob.PresignOptions{}, true, "image/png"},
		"download":       {"a/fox.png", blob.PresignOptions{Download: true}, false, "image/png"},
		"svg":            {"a/fox.svg", blob.PresignOptions{}, false, "image/svg+xml"},
		"html":           {"a/fox.html", blob.PresignOptions{}, false, "application/octet-stream"},
		"without ending": {"answers/t/s", blob.PresignOptions{}, false, "application/octet-stream"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := s.Put(ctx, c.object, strings.NewReader("0123456789"), 10, blob.PutOptions{ContentType: "text/html"}); err != nil {
				t.Fatal(err)
			}
			link, err := s.Presign(ctx, c.object, time.Minute, c.o)
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(link)
			if err != nil || strings.HasPrefix(u.Query().Get("response-content-disposition"), "attachment") == c.inline {
				t.Errorf("%s %v", link, err)
			}
			if strings.Contains(link, server.SecretKey) {
				t.Error("the secret is in the link")
			}
			req, err := http.NewRequest(http.MethodGet, link, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Range", "bytes=3-5")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != http.StatusPartialContent || string(body) != "345" {
				t.Errorf("%s %q %v", res.Status, body, err)
			}
			d := res.Header.Get("Content-Disposition")
			if strings.HasPrefix(d, "attachment") == c.inline || res.Header.Get("Content-Type") != c.mimeType {
				t.Errorf("%s, %s", d, res.Header.Get("Content-Type"))
			}
			u.Path += "x" // the signature is for this object only
			res, err = http.Get(u.String())
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("another object: %s", res.Status)
			}
		})
	}
	for name, ttl := range map[string]time.Duration{"none": 0, "too long": blob.MaxPresign + time.Second} {
		if _, err := s.Presign(ctx, "a.png", ttl, blob.PresignOptions{}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("lifetime %s: %v", name, err)
		}
	}
	if _, err := s.Presign(ctx, "../a.png", time.Minute, blob.PresignOptions{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a bad name: %v", err)
	}
}

// The user metadata on the wire is the task id and the hash only.
func TestS3Metadata(t *testing.T) {
	t.Parallel()
	server := apptest.StartS3(t)
	s := bucket(t, server, "images")
	if err := s.Put(ctx, "a.png", strings.NewReader("x"), 1, blob.PutOptions{ContentType: "image/png", TaskID: "task", SHA256: "sum"}); err != nil {
		t.Fatal(err)
	}
	link, err := s.Presign(ctx, "a.png", time.Minute, blob.PresignOptions{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	got := map[string]string{}
	for name := range res.Header {
		if key, ok := strings.CutPrefix(strings.ToLower(name), "x-amz-meta-"); ok {
			got[key] = res.Header.Get(name)
		}
	}
	if len(got) != 2 || got["task-id"] != "task" || got["sha256"] != "sum" {
		t.Errorf("%v", got)
	}
}

// A multipart upload from a file buffers no part in memory; from a stream it
// buffers one.
func TestS3Memory(t *testing.T) {
	server := apptest.StartS3(t)
	s := bucket(t, server, "images")
	const size = 96 << 20
	file := filepath.Join(t.TempDir(), "video")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, size); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		wrap func(*os.File) io.Reader
		most uint64 // limit of the bytes allocated
	}{
		"file":   {func(f *os.File) io.Reader { return f }, 16 << 20},
		"stream": {func(f *os.File) io.Reader { return io.MultiReader(f) }, 48 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if err := s.Put(ctx, "video.mp4", c.wrap(f), size, blob.PutOptions{ContentType: "video/mp4"}); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			got := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d MiB allocated for %d MiB", got>>20, size>>20)
			if got > c.most {
				t.Errorf("%d bytes were allocated", got)
			}
		})
	}
}
