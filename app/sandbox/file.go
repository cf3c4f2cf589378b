package sandbox

import (
	"net/http"
	"strconv"
)

// AnswerFile sends a paid answer that is the image or video itself, unless the
// prompt wants it lost as [Request.Answer] has it. Its length is announced, so
// that one that ends early shows.
func (o *Request) AnswerFile(w http.ResponseWriter, contentType string, data []byte) {
	if o.Has("drop") || o.Has("500") {
		o.Answer(w, http.StatusOK, nil)
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
