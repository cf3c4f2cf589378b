package providertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"unicode/utf8"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
)

// Seed is an answer of a vendor to begin with.
type Seed struct {
	Status int
	Body   string
}

// FuzzSubmit feeds a driver arbitrary answers to a paid request. Whatever they
// are: it does not panic; what cannot be read, and what is no 2xx, is never a
// result or a ticket; an answer of the 5xx is doubt unless declined says that
// the sheet lists it as not accepted; and no fault tells the key.
func FuzzSubmit(f *testing.F, job module.AnyDriver, model, input string, declined func(status int, body string) bool, seeds ...Seed) {
	for _, s := range seeds {
		f.Add(s.Status, s.Body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		status = plausible(status)
		ticket, answer, err := job.Submit(t.Context(), canned(model, status, body), json.RawMessage(input))
		switch {
		case err == nil && status >= 300:
			t.Fatalf("status %d was taken for success", status)
		case err == nil && !json.Valid([]byte(body)):
			t.Fatal("an answer that cannot be read was taken for success")
		case err == nil && (ticket == nil) == (answer == nil):
			t.Fatal("neither a ticket nor an answer")
		case err == nil && ticket != nil && ticket.ID == "":
			t.Fatal("a ticket without an id")
		case err == nil && answer != nil:
			sound(t, *answer)
		case err == nil:
			sound(t, provider.Answer{Cost: ticket.Cost})
		case err != nil:
			k := sane(t, err)
			if status < 300 && !json.Valid([]byte(body)) && k != fault.InDoubt {
				t.Fatalf("an answer that cannot be read is %s", k)
			}
			if status >= 500 && k != fault.InDoubt && (declined == nil || !declined(status, body)) {
				t.Fatalf("status %d is %s", status, k)
			}
		}
	})
}

// FuzzPoll feeds a driver arbitrary answers to a poll. Whatever they are: it
// does not panic; what cannot be read ends no job; nor does an answer that
// holds none of the words in ends, which are those by which the vendor says
// that a job is over ("Ready", `"done":true`).
func FuzzPoll(f *testing.F, job module.AnyDriver, ticket provider.Ticket, ends []string, seeds ...Seed) {
	for _, s := range seeds {
		f.Add(s.Status, s.Body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		status = plausible(status)
		u, err := job.Poll(t.Context(), canned("", status, body), ticket)
		if err != nil {
			sane(t, err)
			if u.Phase != provider.Wait {
				t.Fatalf("an error, and phase %d", u.Phase)
			}
			return
		}
		if u.Phase != provider.Wait && !says(body, ends) {
			t.Fatalf("phase %d, though nothing says that the job is over", u.Phase)
		}
		if math.IsNaN(u.Progress) || u.Progress < 0 || u.Progress > 1 {
			t.Fatalf("progress %g", u.Progress)
		}
		switch u.Phase {
		case provider.Done:
			if len(u.Answer.Results) == 0 {
				t.Fatal("done, without a result")
			}
			sound(t, u.Answer)
		case provider.Failed:
			if u.Err == nil {
				t.Fatal("failed, without a reason")
			}
			sane(t, u.Err)
		}
	})
}

// says whether a readable body holds one of the words; small and capital
// letters are the same to encoding/json, so they are here.
func says(body string, words []string) bool {
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		return false
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return false
	}
	text := strings.ToLower(string(plain))
	for _, w := range words {
		if strings.Contains(text, strings.ToLower(w)) {
			return true
		}
	}
	return false
}

// sound insists that what was taken for a result holds or names bytes.
func sound(t *testing.T, a provider.Answer) {
	for _, r := range a.Results {
		if r.Base64 == "" && r.URL == "" {
			t.Fatal("a result that is nothing")
		}
	}
	if a.Cost != nil && a.Cost.Micros < 0 {
		t.Fatalf("it cost %s", a.Cost)
	}
}

// sane insists that an error is a fault that can be shown.
func sane(t *testing.T, err error) fault.Kind {
	var f *fault.Error
	switch {
	case !errors.As(err, &f):
		t.Fatalf("%v is no fault", err)
	case strings.TrimSpace(f.Message) == "" || len(f.Message) > maxSafe || !utf8.ValidString(f.Message):
		t.Fatalf("words for people: %q", f.Message)
	case strings.Contains(f.Error(), fuzzKey) || strings.Contains(f.VendorCode, fuzzKey):
		t.Fatal("the fault tells the key")
	case len(f.VendorCode) > maxSafe:
		t.Fatalf("a vendor's code of %d bytes", len(f.VendorCode))
	case f.Kind == fault.InDoubt && (f.Charged == fault.ChargedNo || f.Charged == fault.ChargedYes):
		t.Fatalf("in doubt, and charged %s", f.Charged)
	case f.RetryAfter < 0:
		t.Fatalf("to be sent again %s ago", f.RetryAfter)
	}
	return f.Kind
}

func plausible(status int) int {
	if status < 200 || status > 599 {
		return http.StatusOK
	}
	return status
}

const fuzzKey = "sk-fuzz-0123456789"

// canned is a call to a vendor that knows one answer.
func canned(model string, status int, body string) provider.Call {
	return provider.Call{
		Task: "task", Submit: "submit", Model: model, Inputs: words{}, Age: 1 << 40,
		Account: provider.Account{Vendor: "vendor", BaseURL: "https://vendor.test", Secret: fuzzKey, Fingerprint: "fuzz", Variable: "FUZZ_KEY"},
		HTTP:    &provider.Client{HTTP: &http.Client{Transport: echo{status, body}}, Blobs: nowhere{}},
	}
}

// echo answers without a network, but as if there had been one.
type echo struct {
	status int
	body   string
}

// RoundTrip implements [http.RoundTripper].
func (e echo) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	return &http.Response{
		StatusCode: e.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"req-fuzz"}},
		Body:   io.NopCloser(bytes.NewReader([]byte(e.body))), ContentLength: int64(len(e.body)),
	}, nil
}

// Job is the driver of one of a module's operations, by kind of task; vendor
// empty: its first route.
func Job(tb testing.TB, m module.Module, operation, vendor string) module.AnyDriver {
	tb.Helper()
	h, err := module.NewRegistry(m)
	if err != nil {
		tb.Fatal(err)
	}
	e := h.Operation(operation)
	if e == nil {
		tb.Fatalf("no operation %q", operation)
	}
	r := e.Routes[0]
	if vendor != "" {
		var ok bool
		if r, ok = e.Route(vendor); !ok {
			tb.Fatalf("%s has no route by %q", operation, vendor)
		}
	}
	return r.AnyDriver
}
