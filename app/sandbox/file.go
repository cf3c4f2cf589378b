package sandbox

import (
	"net/http"
	"strconv"
)

// AnswerFile sends a paid response whose body is the image or video itself, with
// the faults of the prompt as in [Request.Answer]. Content-Length is always that of
// the whole file, so that a client can detect a truncated one.
func (o *Request) AnswerFile(w http.ResponseWriter, contentType string, data []byte) {
	if o.Has("drop") || o.Has("500") || o.Has("text") || o.Has("shape") {
		o.Answer(w, http.StatusOK, []byte("null"))
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	if o.Has("truncate") {
		data = data[:len(data)*2/3]
	}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(data)
}
