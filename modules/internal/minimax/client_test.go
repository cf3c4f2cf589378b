package minimax

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// files opens an id "TYPE SIZE" as a file of that type and number of bytes.
type files map[provider.ImageRef]int64

// Open implements [provider.AssetOpener].
func (f files) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	size := f[img]
	return provider.Input{MIME: string(img), Size: size, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.Repeat("x", int(size)))), nil
	}}, nil
}

// Input images that the vendor would refuse are reported, and nothing is sent.
func TestInputImages(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, model, mime string
		size              int64
		path              string // asked; empty: refused
	}{
		{"jpeg", "image-01", "image/jpeg", 3, "/v1/image_generation"},
		{"largest", live, "image/png", 10<<20 - 1, "/v1/image_generation"},
		{"too large", "image-01", "image/png", 10 << 20, ""},
		{"webp", "image-01", "image/webp", 3, ""},
		{"large of H3", h3, "image/png", 10 << 20, "/v1/images/edits"},
		{"heic", h3, "image/heic", 3, "/v1/images/edits"},
		{"heif", h3, "image/heif", 3, "/v1/images/edits"},
		{"webp of H3", h3, "image/webp", 3, "/v1/images/edits"},
		{"gif", h3, "image/gif", 3, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			asked := ""
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.URL.Path
				body, _ := io.ReadAll(r.Body)
				if !strings.Contains(string(body), `"data:`+c.mime+`;base64,eHh4`) {
					t.Errorf("no data URL in %.200s", body)
				}
				_, _ = io.WriteString(w, `{"data":{"image_urls":["https://x/a"]}}`)
			}))
			defer srv.Close()
			img := provider.ImageRef(c.mime)
			_, err := Driver{}.Generate(t.Context(), provider.Call{
				Model: c.model, HTTP: &provider.Client{HTTP: provider.NewTransport()}, Inputs: files{img: c.size},
				Account: provider.Account{Vendor: "minimax", BaseURL: srv.URL, Secret: "key"},
			}, Input{Prompt: "x", Image: img})
			f := fault.From(err)
			if asked != c.path || (f == nil) != (c.path != "") || f != nil && (f.Kind != fault.Invalid || f.Charged != fault.ChargedNo || f.Details[0].Location != "body.image") {
				t.Errorf("asked %q, fault %+v", asked, f)
			}
		})
	}
}
