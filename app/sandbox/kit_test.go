package sandbox

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A paid answer is JSON, unless the imitation names a more exact type.
func TestAnswerContentType(t *testing.T) {
	t.Parallel()
	for set, want := range map[string]string{"": "application/json", "application/json; type=image/png": "application/json; type=image/png"} {
		w := httptest.NewRecorder()
		if set != "" {
			w.Header().Set("Content-Type", set)
		}
		(&Request{}).Answer(w, http.StatusOK, []byte("{}"))
		if got := w.Header().Get("Content-Type"); got != want {
			t.Errorf("set to %q: %q, want %q", set, got, want)
		}
	}
}

// Directives for other forms of a complete answer, which can be combined.
func TestFormsOfAnAnswer(t *testing.T) {
	t.Parallel()
	for prompt, c := range map[string]struct {
		status int
		zipped bool
		body   string
	}{
		"x":                          {200, false, "{}"},
		"x [[201]]":                  {201, false, "{}"},
		"x [[202]]":                  {202, false, "{}"},
		"x [[bom]]":                  {200, false, "\ufeff{}"},
		"x [[gzip]]":                 {200, true, "{}"},
		"x [[gzip]] [[bom]] [[202]]": {202, true, "\ufeff{}"},
	} {
		w := httptest.NewRecorder()
		(&Request{Faults: ParseFaults(prompt)}).Answer(w, http.StatusOK, []byte("{}"))
		body := w.Body.Bytes()
		if c.zipped {
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatalf("%s: %v", prompt, err)
			}
			if body, err = io.ReadAll(z); err != nil {
				t.Fatalf("%s: %v", prompt, err)
			}
		}
		if w.Code != c.status || string(body) != c.body || (w.Header().Get("Content-Encoding") == "gzip") != c.zipped {
			t.Errorf("%s: %d %q %v", prompt, w.Code, body, w.Header())
		}
	}
}

// A result's address is absolute, unless the prompt of its job has the directive.
func TestRelativeResultURL(t *testing.T) {
	t.Parallel()
	k := &Kit{Vendor: "v", Jobs: &Jobs{dir: t.TempDir(), polls: map[string]int{}}}
	r := httptest.NewRequest(http.MethodPost, "http://host/v/x", nil)
	for prompt, start := range map[string]string{"x": "http://host/v/results/", "x [[relative]]": "/v/results/"} {
		got, err := k.Offer(r, k.Request(r, prompt), "m", prompt, Drawing{})
		if err != nil || !strings.HasPrefix(got, start) {
			t.Errorf("%s: %s, %v", prompt, got, err)
		}
	}
}
