package jimeng

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// files opens every image of an input with this media type, size and public URL.
type files struct {
	mime string
	size int64
	url  string
}

// Open implements [provider.AssetOpener].
func (f files) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	if img == "gone" {
		return provider.Input{}, errors.New("no such asset")
	}
	return provider.Input{Name: string(img), MIME: f.mime, Size: f.size, Width: 800, Height: 600, URL: f.url,
		Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(strings.Repeat("x", int(f.size)))), nil
		}}, nil
}

// How input images are sent, and the faults reported before anything is sent.
func TestInputImages(t *testing.T) {
	t.Parallel()
	const address = "https://gateway.example/api/images/a.png"
	for name, c := range map[string]struct {
		model string
		files files
		want  string // part of the fault; empty: sent
	}{
		"by address":                   {"jimeng_t2i_v40", files{"image/png", 100, address}, ""},
		"by address, up to 15 MB":      {"jimeng_t2i_v40", files{"image/png", 14_000_000, address}, ""},
		"larger than 15 MB":            {"jimeng_t2i_v40", files{"image/png", 16_000_000, address}, "at most"},
		"without a public URL":         {"jimeng_seedream46_cvtob", files{"image/png", 100, ""}, "AIGC_PUBLIC_URL"},
		"as bytes, without an address": {"jimeng_i2i_v30", files{"image/jpeg", 100, ""}, ""},
		"an edit of more than 4.7 MB":  {"jimeng_i2i_v30", files{"image/jpeg", 4_800_000, ""}, "at most"},
		"an unsupported type":          {"jimeng_t2i_v40", files{"image/webp", 100, address}, "does not take: convert it to PNG or JPEG"},
		"a model without images":       {"jimeng_t2i_v31", files{"image/webp", 100, ""}, ""},
		"SeedEdit, as bytes":           {"seededit_v3.0", files{"image/png", 100, address}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := seedream.Input{Options: seedream.Options{Prompt: "x", Image: "a"}}.Request()
			s := submission{ReqKey: c.model}
			_, err := embed(t.Context(), provider.NewEmbedder(provider.Call{Inputs: c.files}), in, &s)
			if c.want == "" {
				bytes, addresses := 0, 0
				switch {
				case CapabilitiesOf(c.model).EditsOne:
					bytes = 1
				case CapabilitiesOf(c.model).MaxInputs > 0:
					addresses = 1
				}
				if err != nil || len(s.Base64) != bytes || len(s.Addresses) != addresses {
					t.Fatalf("%v, %d as bytes, addresses %q", err, len(s.Base64), s.Addresses)
				}
				return
			}
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Details) != 1 || f.Details[0].Location != "body.image" || !strings.Contains(f.Details[0].Message, c.want) {
				t.Errorf("%+v, want %q", f, c.want)
			}
		})
	}
}

// A job that is not found fails only after the replication lag.
func TestNotFound(t *testing.T) {
	t.Parallel()
	var w envelope
	w.Data.Status = "not_found"
	for age, want := range map[time.Duration]provider.Phase{time.Second: provider.Wait, time.Minute: provider.Failed} {
		if u := w.update(provider.Call{Age: age}, provider.Ticket{ID: "1"}); u.Phase != want {
			t.Errorf("after %s: phase %d", age, u.Phase)
		}
	}
}

// An unknown job means wait during the replication lag, and a field of an unexpected
// type does not lose the images.
func TestPollAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		age  time.Duration
		want provider.Phase
	}{
		"an unknown job that is new":                  {`{"code":50215,"message":"task not found"}`, time.Second, provider.Wait},
		"an unknown job":                              {`{"code":50215,"message":"task not found"}`, time.Hour, provider.Failed},
		"done, with a field of an unexpected type":    {`{"code":10000,"data":{"status":"done","image_urls":["https://x/a.png"],"binary_data_base64":""}}`, time.Hour, provider.Done},
		"done, with a task id of an unexpected type":  {`{"code":"10000","data":{"task_id":{},"status":"done","image_urls":["https://x/a.png"]}}`, time.Hour, provider.Done},
		"an undocumented status":                      {`{"code":10000,"data":{"status":"paused"}}`, time.Hour, provider.Wait},
		"refused, with a field of an unexpected type": {`{"code":50511,"message":"no","data":""}`, time.Hour, provider.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, c.body)
			}))
			defer srv.Close()
			call := provider.Call{Age: c.age, Account: provider.Account{BaseURL: srv.URL, AccessKey: "access-key", Secret: "secret-key"}, HTTP: &provider.Client{HTTP: provider.NewTransport()}}
			u, err := Driver[seedream.Input]{}.Poll(t.Context(), call, provider.Ticket{ID: "1"})
			if err != nil || u.Phase != c.want {
				t.Errorf("%v, phase %d, want %d", err, u.Phase, c.want)
			}
		})
	}
}
