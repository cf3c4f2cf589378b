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

// Seed is an answer in the fuzzer's seed corpus.
type Seed struct {
	Status int
	Body   string
}

// FuzzSubmit feeds a driver arbitrary answers to a paid request. It must not panic. An
// answer that is not valid JSON or not a 2xx must not become a result or a ticket. A 5xx
// must be InDoubt, unless notAccepted reports it as documented as not accepted; nil: none
// is. No fault may contain the key.
func FuzzSubmit(f *testing.F, job module.AnyDriver, model, input string, notAccepted func(status int, body string) bool, seeds ...Seed) {
	for _, s := range seeds {
		f.Add(s.Status, s.Body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		status = clampStatus(status)
		ticket, answer, err := job.Submit(t.Context(), cannedCall(model, status, body), json.RawMessage(input))
		switch {
		case err == nil && status >= 300:
			t.Fatalf("status %d was accepted as success", status)
		case err == nil && !isAnswer(body):
			t.Fatal("invalid JSON was accepted as success")
		case err == nil && (ticket == nil) == (answer == nil):
			t.Fatal("neither a ticket nor an answer")
		case err == nil && ticket != nil && ticket.ID == "":
			t.Fatal("a ticket without an id")
		case err == nil && answer != nil:
			checkAnswer(t, *answer)
		case err == nil:
			checkAnswer(t, provider.Answer{Cost: ticket.Cost})
		case err != nil:
			k := checkFault(t, err)
			if status < 300 && !isAnswer(body) && k != fault.InDoubt {
				t.Fatalf("invalid JSON in a %d is %s, want %s", status, k, fault.InDoubt)
			}
			if status >= 500 && k != fault.InDoubt && (notAccepted == nil || !notAccepted(status, body)) {
				t.Fatalf("status %d is %s, want %s", status, k, fault.InDoubt)
			}
		}
	})
}

// FuzzPoll feeds a driver arbitrary answers to a poll. It must not panic. A job must not
// end by an answer that is not valid JSON or contains none of ends, the texts by which
// the vendor reports the end of a job ("Ready", `"done":true`).
func FuzzPoll(f *testing.F, job module.AnyDriver, ticket provider.Ticket, ends []string, seeds ...Seed) {
	for _, s := range seeds {
		f.Add(s.Status, s.Body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		status = clampStatus(status)
		u, err := job.Poll(t.Context(), cannedCall("", status, body), ticket)
		if err != nil {
			checkFault(t, err)
			if u.Phase != provider.Wait {
				t.Fatalf("an error and phase %d, want %d", u.Phase, provider.Wait)
			}
			return
		}
		if u.Phase != provider.Wait && !ContainsAny(body, ends) {
			t.Fatalf("phase %d, but the answer does not report the end of the job", u.Phase)
		}
		if math.IsNaN(u.Progress) || u.Progress < 0 || u.Progress > 1 {
			t.Fatalf("progress %g", u.Progress)
		}
		switch u.Phase {
		case provider.Done:
			if len(u.Answer.Results) == 0 {
				t.Fatal("done, without a result")
			}
			checkAnswer(t, u.Answer)
		case provider.Failed:
			if u.Err == nil {
				t.Fatal("failed, without a reason")
			}
			checkFault(t, u.Err)
		}
	})
}

// isAnswer reports whether a driver may read a body: it is JSON, also with what may
// surround it, or in a form that the client decodes or takes for a file.
func isAnswer(body string) bool {
	for _, start := range []string{"\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "\xff\xfe", "\xfe\xff", "\x00", "\x89PNG", "\xff\xd8\xff", "GIF8", "RIFF"} {
		if strings.HasPrefix(body, start) {
			return true
		}
	}
	return json.Valid([]byte(strings.Trim(body, "\x00 \t\r\n\ufeff"))) || strings.IndexByte(body, 0) == 1 || strings.HasPrefix(body[min(len(body), 4):], "ftyp")
}

// ContainsAny reports whether a body is valid JSON and contains one of the texts, in
// upper or lower case: encoding/json matches field names in any case, too.
func ContainsAny(body string, words []string) bool {
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

// checkAnswer fails unless every result has bytes or a URL.
func checkAnswer(t *testing.T, a provider.Answer) {
	for _, r := range a.Results {
		if r.Base64 == "" && r.URL == "" {
			t.Fatal("a result without bytes and without a URL")
		}
	}
	if a.Cost != nil && a.Cost.Micros < 0 {
		t.Fatalf("negative cost %s", a.Cost)
	}
}

// checkFault fails unless err is a fault that callers may see, and returns its kind.
func checkFault(t *testing.T, err error) fault.Kind {
	var f *fault.Error
	switch {
	case !errors.As(err, &f):
		t.Fatalf("%v is not a fault", err)
	case strings.TrimSpace(f.Message) == "" || len(f.Message) > maxMessage || !utf8.ValidString(f.Message):
		t.Fatalf("message %q", f.Message)
	case strings.Contains(f.Error(), fuzzKey) || strings.Contains(f.VendorCode, fuzzKey):
		t.Fatal("the fault contains the key")
	case len(f.VendorCode) > maxMessage:
		t.Fatalf("vendor code of %d bytes", len(f.VendorCode))
	case f.Kind == fault.InDoubt && (f.Charged == fault.ChargedNo || f.Charged == fault.ChargedYes):
		t.Fatalf("in doubt, but charged %s", f.Charged)
	case f.RetryAfter < 0:
		t.Fatalf("negative RetryAfter %s", f.RetryAfter)
	}
	return f.Kind
}

// clampStatus replaces an impossible HTTP status by 200.
func clampStatus(status int) int {
	if status < 200 || status > 599 {
		return http.StatusOK
	}
	return status
}

const fuzzKey = "sk-fuzz-0123456789"

// cannedCall is a call to a vendor that gives one answer to every request.
func cannedCall(model string, status int, body string) provider.Call {
	return provider.Call{
		Task: "task", Submit: "submit", Model: model, Inputs: textInputs{}, Age: 1 << 40,
		Account: provider.Account{Vendor: "vendor", BaseURL: "https://vendor.test", Secret: fuzzKey, Fingerprint: "fuzz", Variable: "FUZZ_KEY"},
		HTTP:    &provider.Client{HTTP: &http.Client{Transport: cannedTransport{status, body}}, Blobs: discardSink{}},
	}
}

// cannedTransport answers without a network. It reports a connection to httptrace, so
// that the client counts the request as sent.
type cannedTransport struct {
	status int
	body   string
}

// RoundTrip implements [http.RoundTripper].
func (e cannedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
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

// Job is the driver of an operation of a module, by kind of task; vendor empty: that of
// the first route.
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
