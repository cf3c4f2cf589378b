package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/memory"
	"aigc/app/provider"
)

// An answer that would take far more memory than it has bytes is not decoded. After a paid
// request its outcome is unknown.
func TestAnswerBeyondTheLimits(t *testing.T) {
	t.Parallel()
	list := func(n int, item string) string { return strings.TrimSuffix(strings.Repeat(item+",", n), ",") }
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"k%d":1`, i)
		}
		return b.String()[1:]
	}
	for name, tt := range map[string]struct {
		body    string
		ok      bool // as the answer to a paid request
		plainOK bool // as another answer
	}{
		"as usual":               {`{"data":[{"url":"x"}]}`, true, true},
		"keys of an object":      {`{` + keys(1000) + `}`, true, true},
		"too many keys":          {`{` + keys(1100) + `}`, false, false},
		"a list of models":       {`{"data":[` + list(5000, `{"id":"x"}`) + `]}`, false, true},
		"too many results":       {`{"data":[` + list(9000, `{}`) + `]}`, false, false},
		"too many lists":         {`[` + list(1000, `[`+list(100, "1")+`]`) + `]`, false, false},
		"a long number":          {`{"created":` + strings.Repeat("9", 3<<20) + `}`, false, true}, // it is cut off
		"a long key":             {`{"` + strings.Repeat("k", 3<<20) + `":1}`, false, true},
		"deeper than any answer": {strings.Repeat(`[`, 20_000) + strings.Repeat(`]`, 20_000), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(tt.body)) }))
			defer srv.Close()
			ask := func(c *provider.Client, paid bool) (provider.Response, *fault.Error) {
				res, err := c.Do(context.Background(), provider.Call{Account: provider.Account{BaseURL: srv.URL}}, provider.Request{URL: "/", Paid: paid})
				return res, fault.From(err)
			}
			res, f := ask(&provider.Client{HTTP: provider.NewTransport(), Blobs: &memorySink{}}, true)
			if tt.ok != (f == nil) || f == nil && string(res.Body) != tt.body ||
				f != nil && (f.Kind != fault.InDoubt || f.Code != "answer_unreadable" || f.Charged != fault.ChargedUnknown || res.Body != nil) {
				t.Errorf("paid: %d bytes, %+v", len(res.Body), f)
			}
			res, f = ask(&provider.Client{HTTP: provider.NewTransport()}, false)
			if tt.plainOK != (f == nil) || f == nil && len(res.Body) == 0 {
				t.Errorf("not paid: %d bytes, %+v", len(res.Body), f)
			}
		})
	}
}

// An error is judged by its status, if its document is beyond the limits.
func TestErrorBeyondTheLimits(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = w.Write([]byte(`{"error":[` + strings.Repeat("1,", 10_000) + `1]}`))
	}))
	defer srv.Close()
	c := &provider.Client{HTTP: provider.NewTransport()}
	res, err := c.Do(t.Context(), provider.Call{Account: provider.Account{BaseURL: srv.URL}}, provider.Request{URL: "/", Paid: true})
	if err != nil || len(res.Body) != 0 || res.Fault("Vendor", "", "").Kind != fault.Invalid {
		t.Errorf("%d bytes, %v", len(res.Body), err)
	}
}

// A large answer holds memory until the client's next request or Close; a small one holds
// none.
func TestAnswerMemory(t *testing.T) {
	t.Parallel()
	size := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"text":"` + strings.Repeat("x", size) + `"}`))
	}))
	defer srv.Close()
	b := memory.NewBudget(1 << 20)
	free := func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		r, err := b.Reserve(ctx, 1<<20)
		r.Release()
		return err == nil
	}
	c := &provider.Client{HTTP: provider.NewTransport(), Memory: b}
	for _, tt := range []struct {
		size int
		free bool
	}{{10, true}, {200 << 10, false}, {300 << 10, false}, {10, true}, {200 << 10, false}} {
		size = tt.size
		if _, err := c.Do(t.Context(), provider.Call{Account: provider.Account{BaseURL: srv.URL}}, provider.Request{URL: "/"}); err != nil {
			t.Fatal(err)
		}
		if free() != tt.free {
			t.Errorf("after an answer of %d bytes: free %t, want %t", tt.size, !tt.free, tt.free)
		}
	}
	c.Close()
	c.Close()
	if !free() {
		t.Error("memory is held after Close")
	}
}
