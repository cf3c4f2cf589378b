package sandbox

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"aigc/app/sandbox/film"
	"aigc/app/sandbox/picture"
)

// Kit is what an imitation works with. There is one a vendor.
type Kit struct {
	Vendor string
	Jobs   *Jobs
	till   *Till
}

// Key is the only key that the imitations accept.
const Key = "sandbox"

// Order is one request to make something, as an imitation understood it.
type Order struct {
	Faults
	kit    *Kit
	task   string
	submit string
}

// Order reads the prompt's directives and who asks: aigc names the task in
// X-Client-Request-Id as "task.submission". A foreign client's request counts
// under its own address.
func (k *Kit) Order(r *http.Request, prompt string) *Order {
	task, submit := requestID(r)
	return &Order{Faults: ParseFaults(prompt), kit: k, task: task, submit: submit}
}

// JobOrder is the order that a job came from: its directives and its till.
func (k *Kit) JobOrder(job Job) *Order {
	return &Order{Faults: ParseFaults(job.Prompt), kit: k, task: job.Task, submit: job.Submit}
}

// Again says whether a fault that happens a number of times is still due for
// this task, and counts it.
func (o *Order) Again(name string) bool {
	return o.Has(name) && o.kit.till.attempt(o.task+"/"+name) <= o.Times(name)
}

// Buy counts one paid submission, durably, before anything is answered.
func (o *Order) Buy() { o.kit.till.buy(o.task, o.submit, o.kit.Vendor) }

// Answer sends a paid JSON answer unless the prompt wants it lost: the
// connection is cut, the body ends early, or an internal error follows.
func (o *Order) Answer(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case o.Has("drop"):
		Cut(w)
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

// Work waits as long as making the result takes, or until the caller is gone.
func (o *Order) Work(r *http.Request, usual time.Duration) {
	t := time.NewTimer(o.Slow(usual))
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}

// Cut closes the caller's connection without an answer.
func Cut(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}

// Picture draws one picture of the order, spoilt as its prompt asks.
func (o *Order) Picture(s picture.Spec, format string, quality int) ([]byte, error) {
	var b bytes.Buffer
	if err := picture.Encode(&b, picture.Draw(s), format, quality); err != nil {
		return nil, fmt.Errorf("sandbox: draw: %w", err)
	}
	return o.Spoil(b.Bytes()), nil
}

// Film makes one film of the order, spoilt as its prompt asks.
func (o *Order) Film(s film.Spec) ([]byte, error) {
	var b bytes.Buffer
	if err := film.Encode(&b, s); err != nil {
		return nil, fmt.Errorf("sandbox: film: %w", err)
	}
	return o.Spoil(b.Bytes()), nil
}

// Spoil damages a finished file as the prompt asks; [Order.Picture] and
// [Order.Film] do so themselves.
func (o *Order) Spoil(data []byte) []byte {
	switch {
	case o.Has("html"):
		return []byte("<!doctype html><title>502</title><h1>Bad gateway</h1>")
	case o.Has("short"):
		return data[:len(data)*2/3]
	}
	return data
}
