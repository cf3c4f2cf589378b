package sandbox

import "net/http"

// Bearer calls next for requests with the header "Authorization: Bearer KEY", and
// refuse for all others.
func Bearer(key string, refuse http.HandlerFunc, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+key {
			refuse(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
