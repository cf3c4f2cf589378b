package sandbox

import (
	"net/http"
	"net/http/httptest"
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
