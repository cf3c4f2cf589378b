package fetch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"aigc/app/fault"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func newClient(t *testing.T, cfg Config) *Client {
	t.Helper()
	c := New(cfg)
	t.Cleanup(c.Close)
	return c
}

func TestGet(t *testing.T) {
	t.Parallel()
	s := testServer(t)
	cases := map[string]struct {
		path string
		max  int64
		want string // the body
		mime string
		code string // of a caller's URL; empty for success
		kind fault.Kind
	}{
		"complete":                  {path: "/image", want: "0123456789", mime: "image/png"},
		"exactly the limit":         {path: "/image", max: 10, want: "0123456789", mime: "image/png"},
		"over the limit, announced": {path: "/image", max: 9, mime: "image/png", code: "too_large", kind: fault.InvalidResult},
		"over the limit, chunked":   {path: "/chunked", max: 9, want: "xxxxxxxxx", mime: "text/plain", code: "too_large", kind: fault.InvalidResult},
		"shorter than announced":    {path: "/short", want: "0123456789", mime: "text/plain", code: "truncated", kind: fault.Unavailable},
		"cut off":                   {path: "/cut", want: "0123456789", mime: "text/plain", code: "truncated", kind: fault.Unavailable},
		"gzip without request":      {path: "/gzip", want: "0123456789"},
		"gzip bomb":                 {path: "/gzip-bomb", max: 5000, want: strings.Repeat("0", 5000), code: "too_large", kind: fault.InvalidResult},
		"gzip cut off":              {path: "/gzip-cut", want: "0123456789", code: "truncated", kind: fault.Unavailable},
		"no gzip in spite of it":    {path: "/not-gzip", want: "0123456789"},
		"brotli":                    {path: "/brotli", want: "0123456789"},
		"unknown coding":            {path: "/compress", code: "encoding", kind: fault.InvalidResult},
		"203 of a proxy":            {path: "/proxied", want: "0123456789"},
		"redirect":                  {path: "/to?url=/image", want: "0123456789", mime: "image/png"},
		"five redirects":            {path: "/loop/5", want: "there", mime: "text/plain"},
		"six redirects":             {path: "/loop/6", code: "redirect", kind: fault.Unavailable},
		"redirect to a file":        {path: "/to?url=file:///etc/passwd", code: "redirect", kind: fault.Unavailable},
		"redirect with a user":      {path: "/to?url=http://a:b@example.com/", code: "redirect", kind: fault.Unavailable},
		"redirect to nowhere":       {path: "/to", code: "unreachable", kind: fault.Unavailable},
		"no content":                {path: "/status/204", code: "unreachable", kind: fault.Unavailable},
		"404":                       {path: "/status/404", code: "unreachable", kind: fault.ResultExpired},
		"403":                       {path: "/status/403", code: "unreachable", kind: fault.ResultExpired},
		"410":                       {path: "/status/410", code: "unreachable", kind: fault.ResultExpired},
		"401":                       {path: "/status/401", code: "unreachable", kind: fault.ResultExpired},
		"429":                       {path: "/status/429", code: "unreachable", kind: fault.Unavailable},
		"500":                       {path: "/status/500", code: "unreachable", kind: fault.Unavailable},
		"503":                       {path: "/status/503", code: "unreachable", kind: fault.Unavailable},
		"418":                       {path: "/status/418", code: "unreachable", kind: fault.Unavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, vendor := range []bool{false, true} {
				var got bytes.Buffer
				resp, err := newClient(t, Config{Allow: loopback}).Get(t.Context(), Request{URL: s.URL + c.path, MaxBytes: c.max, FromVendor: vendor}, &got)
				if got.String() != c.want || resp.Size != int64(len(c.want)) || c.mime != "" && resp.MIME != c.mime {
					t.Errorf("got %q and %+v", got.String(), resp)
				}
				if c.code == "" {
					if err != nil || resp.Status != 200 && c.path != "/proxied" {
						t.Errorf("got %+v, %v", resp, err)
					}
					continue
				}
				wantKind, wantCode := fault.Invalid, "url_"+c.code
				if vendor {
					wantKind, wantCode = c.kind, "result_"+c.code
				}
				if c.kind == fault.ResultExpired && vendor {
					wantCode = "result_expired"
				}
				f := fault.From(err)
				if f == nil || f.Kind != wantKind || f.StableCode() != wantCode {
					t.Errorf("vendor %t: got %v, want %s %s", vendor, err, wantKind, wantCode)
				}
			}
		})
	}
}

func TestGetFaults(t *testing.T) {
	t.Parallel()
	s := testServer(t)
	c := newClient(t, Config{Allow: loopback})
	t.Run("the field is named, the query is not", func(t *testing.T) {
		t.Parallel()
		for _, u := range []string{"/status/404?sig=SECRET", "/cut?sig=SECRET", "/to?url=http://%2520SECRET/", "/to?url=http://127.0.0.1:1/?SECRET", "/to?url=ftp://x/?SECRET"} {
			_, err := c.Get(t.Context(), Request{URL: s.URL + u, Field: "image_url"}, io.Discard)
			f := fault.From(err)
			if f == nil || !strings.HasPrefix(f.Message, "image_url cannot be fetched: ") || len(f.Details) != 1 || f.Details[0].Location != "image_url" || f.Charged != fault.ChargedNo {
				t.Errorf("%s: got %+v", u, f)
			}
			if strings.Contains(fmt.Sprint(err), "SECRET") {
				t.Errorf("the query is in the error: %v", err)
			}
		}
	})
	t.Run("Retry-After", func(t *testing.T) {
		t.Parallel()
		_, err := c.Get(t.Context(), Request{URL: s.URL + "/status/429", FromVendor: true}, io.Discard)
		if f := fault.From(err); f.RetryAfter != 7*time.Second {
			t.Errorf("got %v", f.RetryAfter)
		}
	})
	t.Run("a refused key", func(t *testing.T) {
		t.Parallel()
		_, err := c.Get(t.Context(), Request{URL: s.URL + "/status/401", FromVendor: true, Header: http.Header{"X-Key": {"k"}}}, io.Discard)
		if fault.KindOf(err) != fault.VendorAuth {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the writer's own error", func(t *testing.T) {
		t.Parallel()
		full := fault.New(fault.StorageFull, "", "full")
		_, err := c.Get(t.Context(), Request{URL: s.URL + "/image"}, iotest.TruncateWriter(badWriter{full}, 3))
		if fault.KindOf(err) != fault.StorageFull {
			t.Errorf("got %v", err)
		}
	})
	t.Run("canceled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.Get(ctx, Request{URL: s.URL + "/image"}, io.Discard)
		if fault.KindOf(err) != fault.Canceled {
			t.Errorf("got %v", err)
		}
	})
	t.Run("connection refused", func(t *testing.T) {
		t.Parallel()
		dead := httptest.NewServer(nil)
		dead.Close()
		_, err := c.Get(t.Context(), Request{URL: dead.URL}, io.Discard)
		if f := fault.From(err); f.Kind != fault.Invalid || f.Code != "url_unreachable" {
			t.Errorf("got %v", err)
		}
	})
}

type badWriter struct{ err error }

func (w badWriter) Write([]byte) (int, error) { return 0, w.err }

func TestGetSlow(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			fmt.Fprint(w, "0123456789")
			w.(http.Flusher).Flush()
		}
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(stop) })
	cases := map[string]struct {
		path    string
		timeout time.Duration // of the request
		stall   time.Duration
		ours    time.Duration // of the context
		kind    fault.Kind
	}{
		"headers, in time given": {path: "/", timeout: 50 * time.Millisecond, kind: fault.Unavailable},
		"body, in time given":    {path: "/body", timeout: 50 * time.Millisecond, kind: fault.Unavailable},
		"body stalls":            {path: "/body", stall: 50 * time.Millisecond, kind: fault.Unavailable},
		"our own deadline":       {path: "/body", ours: 50 * time.Millisecond, kind: fault.Timeout},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fetcher := newClient(t, Config{Allow: loopback})
			if c.stall > 0 {
				fetcher.stall = c.stall
			}
			ctx := t.Context()
			if c.ours > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, c.ours)
				defer cancel()
			}
			_, err := fetcher.Get(ctx, Request{URL: s.URL + c.path, Timeout: c.timeout, FromVendor: true}, io.Discard)
			if fault.KindOf(err) != c.kind {
				t.Errorf("got %v", err)
			}
			if c.kind == fault.Unavailable && fault.From(err).Code != "result_timeout" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestConnections(t *testing.T) {
	t.Parallel()
	var opened, closed atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "x") }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			opened.Add(1)
		case http.StateClosed:
			closed.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	c := New(Config{Allow: loopback})
	for range 20 {
		if _, err := c.Get(t.Context(), Request{URL: s.URL}, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	for deadline := time.Now().Add(5 * time.Second); closed.Load() < opened.Load() && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if opened.Load() != 1 || closed.Load() != 1 {
		t.Errorf("%d connections were opened, %d closed", opened.Load(), closed.Load())
	}
}

func Example() {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		fmt.Fprint(w, "an image")
	}))
	defer s.Close()
	var file strings.Builder

	strict := New(Config{})
	defer strict.Close()
	_, err := strict.Get(context.Background(), Request{URL: s.URL, Field: "image_url"}, &file)
	fmt.Println(fault.From(err).Message)

	home := New(Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	defer home.Close()
	resp, err := home.Get(context.Background(), Request{URL: s.URL, Field: "image_url", MaxBytes: 1 << 20}, &file)
	fmt.Println(file.String(), resp.Size, resp.MIME, err)
	// Output:
	// image_url cannot be fetched: address not allowed; it is neither public nor in AIGC_FETCH_ALLOW.
	// an image 8 image/png <nil>
}
