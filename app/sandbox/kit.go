package sandbox

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"aigc/app/sandbox/picture"
	"aigc/app/sandbox/video"
)

// Kit is what an imitation works with. There is one a vendor.
type Kit struct {
	Vendor    string
	Jobs      *Jobs
	purchases *PurchaseLog
}

// Key is the only key that the imitations accept.
const Key = "sandbox"

// Request is one request to make something, as an imitation understood it.
type Request struct {
	Faults
	kit    *Kit
	task   string
	submit string
	job    string // empty before a job is accepted
}

// Request reads the prompt's directives and who asks: aigc names the task in
// X-Client-Request-Id as "task.submission". A foreign client's request counts
// under its own address.
func (k *Kit) Request(r *http.Request, prompt string) *Request {
	task, submit := requestID(r)
	return &Request{Faults: ParseFaults(prompt), kit: k, task: task, submit: submit}
}

// JobRequest is the order that a job came from: its directives and its till.
func (k *Kit) JobRequest(job Job) *Request {
	return &Request{Faults: ParseFaults(job.Prompt), kit: k, task: job.Task, submit: job.Submit, job: job.ID}
}

// TakeFault says whether a fault that happens a number of times is still due for
// this task, and counts it.
func (o *Request) TakeFault(name string) bool {
	return o.Has(name) && o.kit.purchases.countAttempt(o.task+"/"+name) <= o.Times(name)
}

// RecordPurchase counts one paid submission, durably, before anything is answered.
func (o *Request) RecordPurchase() { o.kit.purchases.record(o.task, o.submit, o.kit.Vendor) }

// Answer sends a paid JSON answer unless the prompt wants it lost: the
// connection is cut, the body ends early, or an internal error follows.
func (o *Request) Answer(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case o.Has("drop"):
		DropConnection(w)
	case o.Has("500"):
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`{"error":{"message":"internal error","type":"server_error","code":"server_error"}}`))
	case o.Has("truncate"):
		w.WriteHeader(status)
		_, _ = w.Write(body[:len(body)*2/3])
	default:
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}
}

// Delay waits as long as making the result takes, or until the caller is gone.
func (o *Request) Delay(r *http.Request, usual time.Duration) {
	t := time.NewTimer(o.Slow(usual))
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}

// DropConnection closes the caller's connection without an answer.
func DropConnection(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}

// Picture draws one picture of the order, spoilt as its prompt asks.
func (o *Request) Picture(s picture.Spec, format string, quality int) ([]byte, error) {
	var b bytes.Buffer
	if err := picture.Encode(&b, picture.Draw(s), format, quality); err != nil {
		return nil, fmt.Errorf("sandbox: draw: %w", err)
	}
	return o.Corrupt(b.Bytes()), nil
}

// Video makes one video of the order's job, spoilt as its prompt asks.
func (o *Request) Video(s video.Spec) ([]byte, error) {
	s.Job = o.job
	var b bytes.Buffer
	if err := video.Encode(&b, s); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return o.Corrupt(b.Bytes()), nil
}

// Corrupt damages a finished file as the prompt asks; [Request.Picture] and
// [Request.Video] do so themselves.
func (o *Request) Corrupt(data []byte) []byte {
	switch {
	case o.Has("html"):
		return []byte("<!doctype html><title>502</title><h1>Bad gateway</h1>")
	case o.Has("short"):
		return data[:len(data)*2/3]
	}
	return data
}
