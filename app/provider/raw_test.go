package provider_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/provider"
)

// memorySink is a BlobSink in memory.
type memorySink struct {
	files     []*memoryFile
	extracted []jsonblob.Blob
	broken    bool // cannot be written
}

type memoryFile struct {
	bytes.Buffer
	broken bool
	closed int
}

// Write implements [io.Writer].
func (f *memoryFile) Write(p []byte) (int, error) {
	if f.broken {
		return 0, errors.New("no room")
	}
	return f.Buffer.Write(p)
}

// ReadFrom hides bytes.Buffer.ReadFrom, which would bypass Write.
func (f *memoryFile) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{f}, r) }

// Close implements [io.Closer].
func (f *memoryFile) Close() error { f.closed++; return nil }

// Create implements [provider.BlobSink].
func (m *memorySink) Create(int) (io.WriteCloser, error) {
	m.files = append(m.files, &memoryFile{broken: m.broken})
	return m.files[len(m.files)-1], nil
}

// Extracted implements [provider.BlobSink].
func (m *memorySink) Extracted(blobs []jsonblob.Blob) { m.extracted = append(m.extracted, blobs...) }

// An answer is a file or JSON by its Content-Type and status alone.
func TestRawAnswer(t *testing.T) {
	t.Parallel()
	png := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{0, 1, '"', '{'}, 300<<10)...)
	cases := []struct {
		name, contentType string
		status            int
		rawOK             bool
		raw               bool
		mediaType         string
	}{
		{"image", "image/png", 200, false, true, "image/png"},
		{"image with a parameter", "Image/JPEG; q=1", 200, false, true, "image/jpeg"},
		{"vector image", "image/svg+xml; charset=utf-8", 200, false, true, "image/svg+xml"},
		{"video", "video/mp4", 201, false, true, "video/mp4"},
		{"unnamed file", "application/octet-stream", 200, true, true, "application/octet-stream"},
		{"no type", "", 200, true, true, ""},
		{"unnamed file without RawOK", "application/octet-stream", 200, false, false, "application/octet-stream"},
		{"JSON with an image type as a parameter", "application/json; type=image/png", 200, true, false, "application/json"},
		{"error with an image type", "image/png", 403, true, false, "image/png"},
		{"redirect", "image/png", 302, true, false, "image/png"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body := png
			if !c.raw {
				body = []byte(`{"name":"content_moderation"}`)
			}
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{c.contentType}
				w.Header().Set("Finish-Reason", "SUCCESS")
				w.WriteHeader(c.status)
				_, _ = w.Write(body)
			}))
			t.Cleanup(srv.Close)
			sink := &memorySink{}
			call := provider.Call{Account: provider.Account{BaseURL: srv.URL}, HTTP: &provider.Client{HTTP: provider.NewTransport(), Blobs: sink}}
			res, err := call.HTTP.Do(t.Context(), call, provider.Request{URL: "/", Method: "POST", Paid: true, RawOK: c.rawOK})
			if err != nil {
				t.Fatal(err)
			}
			if res.Raw != c.raw || res.ContentType != c.mediaType || (res.File != "") != c.raw || (len(res.Body) > 0) == c.raw || res.Header.Get("Finish-Reason") != "SUCCESS" {
				t.Errorf("raw %t, type %q, file %q, %d bytes of JSON", res.Raw, res.ContentType, res.File, len(res.Body))
			}
			if !c.raw {
				if len(sink.files) > 0 || string(res.Body) != string(body) {
					t.Errorf("%d files, %s", len(sink.files), res.Body)
				}
				return
			}
			if len(sink.files) != 1 || !bytes.Equal(sink.files[0].Bytes(), png) || sink.files[0].closed != 1 {
				t.Fatal("the file is not in the sink, or was not closed exactly once")
			}
			if b := sink.extracted; len(b) != 1 || b[0] != (jsonblob.Blob{Placeholder: res.File, Size: int64(len(png)), MIME: c.mediaType}) {
				t.Errorf("listed as %+v", b)
			}
			if err := res.Decode(&struct{}{}); fault.KindOf(err) != fault.InDoubt {
				t.Errorf("read as JSON: %v", err)
			}
		})
	}
}

// A file that is cut off, or cannot be written, is an error.
func TestRawAnswerCutOff(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		answer string // after the status line
		broken bool   // the sink
	}{
		{"shorter than announced", "Content-Type: image/png\r\nContent-Length: 100\r\n\r\n\x89PNG", false},
		{"cut within a chunk", "Content-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n\x89PNG", false},
		{"cut between chunks", "Content-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n", false},
		{"empty", "Content-Type: image/png\r\nContent-Length: 0\r\n\r\n", false},
		{"no room", "Content-Type: image/png\r\nContent-Length: 4\r\n\r\n\x89PNG", true},
	}
	for _, c := range cases {
		for paid, want := range map[bool]fault.Kind{true: fault.InDoubt, false: fault.Unavailable} {
			t.Run(c.name+map[bool]string{true: ", paid", false: ", free"}[paid], func(t *testing.T) {
				t.Parallel()
				srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					conn, _, err := w.(http.Hijacker).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+c.answer)
					_ = conn.Close()
				}))
				t.Cleanup(srv.Close)
				sink := &memorySink{broken: c.broken}
				call := provider.Call{Account: provider.Account{BaseURL: srv.URL}, HTTP: &provider.Client{HTTP: provider.NewTransport(), Blobs: sink}}
				_, err := call.HTTP.Do(t.Context(), call, provider.Request{URL: "/", Method: "POST", Paid: paid})
				if fault.KindOf(err) != want || len(sink.extracted) > 0 {
					t.Errorf("%v, %d files listed", err, len(sink.extracted))
				}
				for _, f := range sink.files {
					if f.closed != 1 {
						t.Errorf("closed %d times", f.closed)
					}
				}
			})
		}
	}
}

// Without a sink a file stays in the answer, up to the limit of answers.
func TestRawAnswerWithoutSink(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size int
		want fault.Kind
	}{"small": {1000, ""}, "largest": {2 << 20, ""}, "too large": {8<<20 + 1, fault.InDoubt}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat("x", c.size)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "image/webp")
				_, _ = io.WriteString(w, text)
			}))
			t.Cleanup(srv.Close)
			call := provider.Call{Account: provider.Account{BaseURL: srv.URL}, HTTP: &provider.Client{HTTP: provider.NewTransport()}}
			res, err := call.HTTP.Do(t.Context(), call, provider.Request{URL: "/", Method: "POST", Paid: true})
			if fault.KindOf(err) != c.want || err == nil && res.File != base64.StdEncoding.EncodeToString([]byte(text)) {
				t.Errorf("%v, %d characters", err, len(res.File))
			}
		})
	}
}
