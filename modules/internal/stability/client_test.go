package stability

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/provider"
)

// inputs open any id as one image, whose bytes are all zero.
type inputs struct {
	mime          string
	size          int64
	width, height int
}

// Open implements [provider.AssetOpener].
func (i inputs) Open(context.Context, provider.ImageRef) (provider.Input, error) {
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(make([]byte, i.size))), nil }
	return provider.Input{Name: "a", MIME: i.mime, Size: i.size, Width: i.width, Height: i.height, Open: open}, nil
}

// sink keeps the file of an answer.
type sink struct{ bytes.Buffer }

// Create implements [provider.BlobSink].
func (s *sink) Create(int) (io.WriteCloser, error) { return s, nil }

// Extracted implements [provider.BlobSink].
func (s *sink) Extracted([]jsonblob.Blob) {}

// Close implements [io.Closer].
func (s *sink) Close() error { return nil }

// The image is asked for itself, and goes to the sink unchanged; the caller's id of the
// end user is a header.
func TestGenerate(t *testing.T) {
	t.Parallel()
	image := bytes.Repeat([]byte("\x89PNG\r\n"), 1<<19) // 3 MB
	var got http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("finish-reason", "SUCCESS")
		w.Header().Set("seed", "4294967294")
		w.Header().Set("x-request-id", "req-1")
		_, _ = w.Write(image)
	}))
	defer srv.Close()
	var file sink
	c := provider.Call{Model: "sd3.5-large", HTTP: &provider.Client{HTTP: provider.NewTransport(), Blobs: &file}, Account: provider.Account{BaseURL: srv.URL, Secret: "the-secret-key"}}
	a, err := Generator{}.Generate(t.Context(), c, Input{Prompt: "x", User: "user 7"})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Results) != 1 || !strings.HasPrefix(a.Results[0].Base64, "blob:") || *a.Results[0].Seed != 4294967294 || a.Results[0].Warning != "" || a.VendorID != "req-1" {
		t.Errorf("%+v", a)
	}
	if !bytes.Equal(file.Bytes(), image) {
		t.Errorf("%d bytes arrived, want %d", file.Len(), len(image))
	}
	if got.Get("Accept") != "image/*" || got.Get("Stability-Client-User-Id") != "user 7" || got.Get("Authorization") != "Bearer the-secret-key" || !strings.HasPrefix(got.Get("Content-Type"), "multipart/form-data; boundary=") {
		t.Errorf("sent %v", got)
	}
}

// Images that the vendor would refuse are reported before anything is sent.
func TestInputImages(t *testing.T) {
	t.Parallel()
	const large, ultra = "sd3.5-large", "stable-image-ultra"
	cases := []struct {
		name, model string
		image       inputs
		says        string // empty: sent
	}{
		{"smallest", large, inputs{"image/webp", 9, 64, 64}, ""},
		{"largest of ultra", ultra, inputs{"image/jpeg", 9, 16384, 64}, ""},
		{"longer, no limit is known", large, inputs{"image/png", 9, 16385, 64}, ""},
		{"nearly 10 MB", large, inputs{"image/png", 10<<20 - 2000, 512, 512}, ""},
		{"narrow", large, inputs{"image/png", 9, 63, 512}, "at least 64 pixels a side"},
		{"long", ultra, inputs{"image/png", 9, 64, 16385}, "at most 16384 pixels a side"},
		{"gif", ultra, inputs{"image/gif", 9, 64, 64}, "does not take: convert it to PNG or JPEG"},
		{"10 MB with the other fields", large, inputs{"image/png", 10 << 20, 512, 512}, "requests of at most 10 MB"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			requests := 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests++
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Type", "image/png")
				_, _ = io.WriteString(w, "image")
			}))
			defer srv.Close()
			call := provider.Call{Model: c.model, HTTP: &provider.Client{HTTP: provider.NewTransport()}, Inputs: c.image, Account: provider.Account{BaseURL: srv.URL, Secret: "the-secret-key"}}
			_, err := Generator{}.Generate(t.Context(), call, Input{Prompt: "x", Image: "a"})
			if c.says == "" {
				if err != nil || requests != 1 {
					t.Errorf("%v, %d requests", err, requests)
				}
				return
			}
			f := fault.From(err)
			if f == nil || f.Kind != fault.Invalid || f.Charged != fault.ChargedNo || len(f.Details) != 1 || f.Details[0].Location != "body.image" || !strings.Contains(f.Message, c.says) || requests != 0 {
				t.Errorf("%+v, %d requests", f, requests)
			}
		})
	}
	// What core does not take is not opened either.
	if in := (Input{Image: "a"}); in.sentImage(capabilitiesOf("stable-image-core")) != "" {
		t.Error("an image is sent to core")
	}
}
