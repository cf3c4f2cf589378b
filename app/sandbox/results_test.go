package sandbox

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox/picture"
)

// A drawing is served in its format, with the faults of its prompt.
func TestResultsServesEveryFormat(t *testing.T) {
	t.Parallel()
	spec := picture.Spec{Prompt: "a fox", Width: 128, Height: 64}
	s, err := New(t.TempDir(), Imitation{Vendor: provider.Vendor{Name: "acme"}, Handler: func(k *Kit) http.Handler {
		mux := http.NewServeMux()
		mux.HandleFunc("POST /{format}", func(w http.ResponseWriter, r *http.Request) {
			prompt := r.URL.Query().Get("prompt")
			url, err := k.Offer(r, k.Request(r, prompt), "m", prompt, Drawing{Spec: spec, Format: r.PathValue("format")})
			if err != nil {
				t.Error(err)
			}
			_, _ = w.Write([]byte(url))
		})
		mux.HandleFunc("GET /results/{name}", k.Results(time.Hour))
		return mux
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for format, mime := range map[string]string{"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "svg": "image/svg+xml"} {
		_, url := send(t, "POST", s.Root()+"/acme/"+format, "t.s", "")
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("Content-Type"); got != mime {
			t.Errorf("%s: %s, want %s", format, got, mime)
		}
		_, body := send(t, "GET", url, "", "")
		var root struct {
			XMLName xml.Name
			Width   string `xml:"width,attr"`
		}
		switch err := xml.Unmarshal([]byte(body), &root); {
		case format == "svg" && (err != nil || root.XMLName.Local != "svg" || root.Width != "128"):
			t.Errorf("svg: %v %+v", err, root)
		case format != "svg" && http.DetectContentType([]byte(body)) != mime:
			t.Errorf("%s: the file is %s", format, http.DetectContentType([]byte(body)))
		}
	}
	_, url := send(t, "POST", s.Root()+"/acme/svg?prompt=[[short]]", "t.s", "")
	if _, body := send(t, "GET", url, "", ""); !strings.HasPrefix(body, "<svg") || strings.Contains(body, "</svg>") {
		t.Errorf("[[short]]: %q", body)
	}
}
