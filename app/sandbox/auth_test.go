package sandbox

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestBearer(t *testing.T) {
	t.Parallel()
	answer := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	h := Bearer(Key, answer(http.StatusUnauthorized), answer(http.StatusOK))
	for header, want := range map[string]int{"Bearer sandbox": 200, "bearer sandbox": 401, "sandbox": 401, "Bearer sandbox2": 401, "": 401} {
		r, w := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), httptest.NewRecorder()
		r.Header.Set("Authorization", header)
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, want %d", header, w.Code, want)
		}
	}
}
