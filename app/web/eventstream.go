package web

import "net/http"

// SetEventStream sets the headers of a stream of server-sent events. No cache stores
// it, and no proxy changes it or holds it back: X-Accel-Buffering is nginx's header,
// which other proxies honour, too.
func SetEventStream(h http.Header) {
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache, no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
}
