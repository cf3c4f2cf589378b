package tokenhub

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/modules/internal/hunyuan"
)

// files opens every image of an input as a file of this media type and size.
type files struct {
	mime string
	size int64
}

// Open implements [provider.AssetOpener].
func (f files) Open(context.Context, provider.ImageRef) (provider.Input, error) {
	return provider.Input{Name: "a", MIME: f.mime, Size: f.size, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.Repeat("x", int(f.size)))), nil
	}}, nil
}

// 3.0 gets input images as base64, 3.5 as data URLs behind the text. Files that the
// vendor would refuse are faults before anything is sent.
func TestInputImages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		model string
		files files
		sent  string // part of the body
		want  string // part of the fault
	}{
		"3.0":             {hunyuan.Image30, files{"image/png", 3}, `"images":["eHh4","eHh4"]`, ""},
		"3.5":             {hunyuan.Image35Preview, files{"image/jpeg", 3}, `"text":"x"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,eHh4"}},{"type":"image_url"`, ""},
		"10 MB":           {hunyuan.Image30, files{"image/png", 10 << 20}, `"images":["eHh4`, ""},
		"above 10 MB":     {hunyuan.Image30, files{"image/png", 10<<20 + 1}, "", "at most 10 MB"},
		"another type":    {hunyuan.Image30, files{"image/webp", 3}, "", "does not take: convert it to PNG or JPEG"},
		"another for 3.5": {hunyuan.Image35Preview, files{"image/webp", 3}, "", "does not take: convert it to PNG or JPEG"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := ""
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				data, _ := io.ReadAll(r.Body)
				body = string(data)
				_, _ = io.WriteString(w, `{"data":[{"url":"https://x/1.png"}]}`)
			}))
			defer srv.Close()
			call := provider.Call{Model: c.model, Inputs: c.files, HTTP: &provider.Client{HTTP: provider.NewTransport()}, Account: provider.Account{BaseURL: srv.URL, Secret: "secret-key"}}
			a, err := Generator{}.Generate(t.Context(), call, hunyuan.Input{Prompt: "x", Images: []provider.ImageRef{"a", "b"}})
			if c.want == "" {
				if err != nil || len(a.Results) != 1 || !strings.Contains(body, c.sent) {
					t.Errorf("%v: sent %.300s, want %s", err, body, c.sent)
				}
				return
			}
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || !strings.Contains(f.Message, c.want) || body != "" {
				t.Errorf("%v, want %q and no request", err, c.want)
			}
		})
	}
}
