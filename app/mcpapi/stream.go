package mcpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"aigc/app/web"
)

// answerWriter is the [http.ResponseWriter] that the SDK gets for one request. A
// stream's header is sent soon after a tool starts, and a comment each interval after that,
// so that no proxy takes the connection for dead. Answers get the ids of the client.
// An error in plain text is held back until finish, which makes a JSON-RPC error of
// it. Nothing is written for a call after cancel.
type answerWriter struct {
	x        *web.Exchange
	body     *rpcBody
	stream   bool // the client reads server-sent events, else one JSON document
	interval time.Duration

	mu       sync.Mutex
	answered bool            // an answer to a call was written
	begun    bool            // the header of a stream was sent
	canceled map[string]bool // by idKey
	closed   bool            // nothing may be written any more
	held     int             // status of what is held back; 0: nothing
	text     []byte          // what is held back
	comments chan struct{}   // closed to end the comments
}

// Header implements [http.ResponseWriter].
func (w *answerWriter) Header() http.Header { return w.x.Header() }

// WriteHeader implements [http.ResponseWriter].
func (w *answerWriter) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed || w.begun || w.held != 0 || w.silent():
	case status >= http.StatusBadRequest && strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain"),
		status == http.StatusAccepted && len(w.body.refused) > 0:
		w.held = status
	default:
		w.x.WriteHeader(status)
	}
}

// Write implements [http.ResponseWriter]. The SDK writes an event, or a JSON
// document, by one call.
func (w *answerWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.silent() {
		return len(p), nil
	}
	if w.held != 0 {
		w.text = append(w.text, p...)
		return len(p), nil
	}
	var out []byte
	answer := true
	if w.begun || w.isStream() {
		w.begin()
		head, data, found := bytes.Cut(p, []byte("data: "))
		if !found { // a JSON document, which the SDK writes for some errors
			head, data = []byte("event: message\n"), p
		}
		data, id := w.body.restore(bytes.TrimRight(data, "\n"))
		if id != nil && w.canceled[idKey(id)] {
			return len(p), nil
		}
		answer = bytes.HasPrefix(data, answerStart)
		out = event(head, data)
	} else {
		out = w.document(p)
	}
	if _, err := w.x.Write(out); err != nil {
		return 0, err
	}
	w.answered = w.answered || answer
	return len(p), nil
}

// hasAnswered reports whether an answer to a call was written.
func (w *answerWriter) hasAnswered() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.answered
}

// event is one server-sent event.
func event(head, data []byte) []byte {
	out := make([]byte, 0, len(head)+len(data)+8)
	out = append(append(out, head...), "data: "...)
	return append(append(out, data...), "\n\n"...)
}

// document restores the ids of a JSON document, and adds what was refused of a batch.
func (w *answerWriter) document(p []byte) []byte {
	if !w.body.batch {
		out, _ := w.body.restore(p)
		return out
	}
	var answers []json.RawMessage
	if json.Unmarshal(p, &answers) != nil {
		return p
	}
	for i, a := range answers {
		answers[i], _ = w.body.restore(a)
	}
	return joinArray(append(w.body.refused, answers...))
}

// joinArray is a JSON array of values, as they are.
func joinArray(values []json.RawMessage) []byte {
	parts := make([][]byte, len(values))
	for i, v := range values {
		parts[i] = v
	}
	return append(append([]byte("["), bytes.Join(parts, []byte(","))...), ']')
}

// FlushError implements [http.ResponseController]'s flusher.
func (w *answerWriter) FlushError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.held != 0 || w.silent() {
		return nil
	}
	return http.NewResponseController(w.x).Flush()
}

// headerPause is the time from the start of a tool to the header of its stream. A reverse
// proxy in Go (net/http/httputil, Traefik) closes the connection if the header arrives
// before it has seen the end of the request's body, which it reads up to the end only after
// it has sent all of it.
const headerPause = 50 * time.Millisecond

// start sends the header of a stream after headerPause. It is called when a tool starts:
// then the status is known, and the answer may take long.
func (w *answerWriter) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.held != 0 || !w.isStream() {
		return
	}
	time.AfterFunc(headerPause, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !w.closed && !w.silent() && w.held == 0 {
			w.begin()
		}
	})
}

func (w *answerWriter) isStream() bool {
	return strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream")
}

// begin sends the header of a stream at the first call, and starts the comments.
func (w *answerWriter) begin() {
	if w.begun {
		return
	}
	w.begun = true
	web.SetEventStream(w.Header())
	w.x.WriteHeader(http.StatusOK)
	for _, refused := range w.body.refused {
		_, _ = w.x.Write(event([]byte("event: message\n"), refused)) // a broken connection fails at the next write, too
	}
	_ = http.NewResponseController(w.x).Flush()
	w.comments = make(chan struct{})
	go w.comment(w.comments)
}

// comment writes a comment each interval until stop is closed.
func (w *answerWriter) comment(stop <-chan struct{}) {
	tick := time.NewTicker(w.interval)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		w.mu.Lock()
		if !w.closed && !w.silent() {
			_, _ = w.x.Write([]byte(": keep-alive\n\n")) // the next answer fails on a broken connection, too
			_ = http.NewResponseController(w.x).Flush()
		}
		w.mu.Unlock()
	}
}

// cancel suppresses everything that would be written for a call.
func (w *answerWriter) cancel(id json.RawMessage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.canceled == nil {
		w.canceled = map[string]bool{}
	}
	w.canceled[idKey(id)] = true
}

// silent reports whether the only call of the request was canceled.
func (w *answerWriter) silent() bool { return !w.body.batch && len(w.canceled) > 0 }

// finish ends the response. It returns an error if the SDK has refused the request
// in plain text.
func (w *answerWriter) finish() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	if w.comments != nil {
		close(w.comments)
	}
	switch {
	case w.silent() && !w.begun:
		w.x.WriteHeader(http.StatusAccepted) // 202 has no body
	case w.held == http.StatusAccepted, w.held != 0 && w.body.onlyNotifications() && isUnknownMethod(w.text):
		// Only notifications are left: an unknown one is ignored.
		if len(w.body.refused) == 0 {
			w.x.WriteHeader(http.StatusAccepted)
			return nil
		}
		w.Header().Set("Content-Type", "application/json")
		_, err := w.x.Write(joinArray(w.body.refused))
		return err
	case w.held != 0:
		return sdkRefusal(w.body, w.held, string(w.text))
	}
	return nil
}
