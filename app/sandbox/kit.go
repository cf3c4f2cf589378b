package sandbox

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"aigc/app/sandbox/picture"
	"aigc/app/sandbox/video"
)

// Kit is the state of one vendor's imitation.
type Kit struct {
	Vendor    string
	Jobs      *Jobs
	purchases *PurchaseLog
}

// Key is the only key that the imitations accept.
const Key = "sandbox"

// Request is one submission to an imitation, with the faults of its prompt.
type Request struct {
	Faults
	kit    *Kit
	task   string
	submit string // submit id
	job    string // job id; empty unless made by JobRequest
}

// Request parses the directives of the prompt, and task and submit id from the
// header X-Client-Request-Id, which aigc sends as "task.submit". A request of
// another client is counted under its remote address.
func (k *Kit) Request(r *http.Request, prompt string) *Request {
	task, submit := requestID(r)
	return &Request{Faults: ParseFaults(prompt), kit: k, task: task, submit: submit}
}

// JobRequest returns the request that created a job, to make its result with the
// faults of its prompt.
func (k *Kit) JobRequest(job Job) *Request {
	return &Request{Faults: ParseFaults(job.Prompt), kit: k, task: job.Task, submit: job.Submit, job: job.ID}
}

// TakeFault counts a submission of the task against a fault and reports whether the
// fault must happen: in the first [Faults.Times] submissions of the task.
func (o *Request) TakeFault(name string) bool {
	return o.Has(name) && o.kit.purchases.countAttempt(o.task+"/"+name) <= o.Times(name)
}

// RecordPurchase appends a paid submission to the purchase log. Call it before the
// response is sent.
func (o *Request) RecordPurchase() { o.kit.purchases.record(o.task, o.submit, o.kit.Vendor) }

// Answer sends a paid JSON response, or the fault that the prompt asks for: [[drop]]
// closes the connection, [[500]] sends an internal error, [[truncate]] sends two
// thirds of the body, [[text]] a plain text, [[shape]] the body within an unknown one, and
// [[gzip]], [[201]], [[202]] and [[bom]] the body in another form. Its Content-Type is
// application/json unless the imitation has already set another.
func (o *Request) Answer(w http.ResponseWriter, status int, body []byte) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	switch {
	case o.Has("drop"):
		DropConnection(w)
	case o.Has("500"):
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`{"error":{"message":"internal error","type":"server_error","code":"server_error"}}`))
	case o.Has("truncate"):
		w.WriteHeader(status)
		_, _ = w.Write(body[:len(body)*2/3])
	case o.Has("text"):
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("Your image is ready. Thank you for your purchase."))
	case o.Has("shape"):
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"wrapped":[%s]}`, body)
	default:
		o.sendForm(w, status, body)
	}
}

// sendForm sends a JSON response in the form that the prompt asks for, as gateways send
// them: complete, but not as the vendor documents it. Several can be combined.
func (o *Request) sendForm(w http.ResponseWriter, status int, body []byte) {
	for _, s := range []int{http.StatusCreated, http.StatusAccepted} {
		if o.Has(strconv.Itoa(s)) {
			status = s
		}
	}
	if o.Has("bom") {
		body = append([]byte("\ufeff"), body...)
	}
	if !o.Has("gzip") {
		w.WriteHeader(status)
		_, _ = w.Write(body)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := gzip.NewWriter(w)
	_, _ = z.Write(body)
	_ = z.Close()
}

// Delay waits for usual, or for the time of the directive [[slow]], or until the
// client disconnects.
func (o *Request) Delay(r *http.Request, usual time.Duration) {
	t := time.NewTimer(o.Slow(usual))
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}

// DropConnection closes the client's connection without a response.
func DropConnection(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}

// Picture draws an image, with the faults of the prompt.
func (o *Request) Picture(s picture.Spec, format string, quality int) ([]byte, error) {
	var b bytes.Buffer
	if err := picture.Encode(&b, picture.Draw(s), format, quality); err != nil {
		return nil, fmt.Errorf("sandbox: draw: %w", err)
	}
	return o.Corrupt(b.Bytes()), nil
}

// Video makes the video of the request's job, with the faults of the prompt.
func (o *Request) Video(s video.Spec) ([]byte, error) {
	s.Job = o.job
	var b bytes.Buffer
	if err := video.Encode(&b, s); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return o.Corrupt(b.Bytes()), nil
}

// AVIF is the beginning of an AVIF image.
const AVIF = "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf"

// Corrupt applies [[html]], [[avif]] and [[short]] to a file: the first two replace it by
// an HTML page or an AVIF image, the last truncates it. [Request.Picture] and
// [Request.Video] call it.
func (o *Request) Corrupt(data []byte) []byte {
	switch {
	case o.Has("html"):
		return []byte("<!doctype html><title>502</title><h1>Bad gateway</h1>")
	case o.Has("avif"):
		return []byte(AVIF)
	case o.Has("short"):
		return data[:len(data)*2/3]
	}
	return data
}
