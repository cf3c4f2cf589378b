package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/module"
	"aigc/app/provider"
)

var update = flag.Bool("update", false, "rewrite golden files")

// driverStep is what a driver returned for an answer: testdata/<case>/want.json, which
// is a list if there were several.
type driverStep struct {
	Ticket   *provider.Ticket `json:"ticket,omitempty"`
	Answer   *provider.Answer `json:"answer,omitempty"`
	Phase    string           `json:"phase,omitempty"`
	Progress float64          `json:"progress,omitempty"`
	Learnt   json.RawMessage  `json:"learnt,omitempty"` // Data of a ticket that the poll replaced
	Cost     *provider.Money  `json:"cost,omitempty"`   // of a failed job
	Fault    *faultView       `json:"fault,omitempty"`
}

type faultView struct {
	Kind       fault.Kind   `json:"kind"`
	Code       string       `json:"code"`
	VendorCode string       `json:"vendor_code,omitempty"`
	Message    string       `json:"message"`
	Charged    fault.Charge `json:"charged,omitempty"`
	RetryAfter string       `json:"retry_after,omitempty"`
}

// Wire replays every case in testdata. prepare, unless nil, completes the account; base
// is the URL of the replaying server, which serves OAuth tokens at /token.
func Wire(t *testing.T, m module.Module, prepare func(base string, a *provider.Account)) {
	t.Helper()
	h, err := module.NewRegistry(m)
	if err != nil {
		t.Fatal(err)
	}
	dirs, err := caseDirs()
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no test cases in testdata: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			runCase(t, h, dir, prepare)
		})
	}
}

const secretKey = "secret-key" // of the account of every case

// runCase replays the case in dir and compares it with its golden files.
func runCase(t *testing.T, h *module.Registry, dir string, prepare func(string, *provider.Account)) {
	x, err := load(dir)
	if err != nil {
		t.Fatal(err)
	}
	entry := h.Operation(x.Operation)
	if entry == nil {
		t.Fatalf("no operation %q", x.Operation)
	}
	route := entry.Routes[0]
	if x.Vendor != "" {
		var ok bool
		if route, ok = entry.Route(x.Vendor); !ok {
			t.Fatalf("%s has no route by %q", x.Operation, x.Vendor)
		}
	}
	vendor := &replayServer{answers: x.upstream}
	srv := httptest.NewServer(vendor)
	defer srv.Close()
	account := provider.Account{Vendor: route.Vendor.Name, BaseURL: srv.URL, Secret: secretKey, Variable: "TEST_KEY", Attrs: x.Attrs}
	if prepare != nil {
		prepare(srv.URL, &account)
	}
	account.Fingerprint = provider.Fingerprint(account.Secret + provider.Secret(srv.URL))
	call := provider.Call{
		Task: "task", Submit: "submit", Model: x.Model, Account: account, Inputs: textInputs{},
		HTTP: &provider.Client{HTTP: provider.NewTransport(), Blobs: discardSink{}}, Prices: route.Prices,
	}
	got := drive(t.Context(), route.AnyDriver, call, x, vendor)
	for _, err := range vendor.errs {
		t.Error(err)
	}
	if n := vendor.left(); n > 0 && len(vendor.sent) > 0 {
		t.Errorf("%d recorded answers were not requested", n)
	}
	if len(vendor.sent) > 0 {
		golden(t, filepath.Join(dir, "request.json"), oneOrAll(vendor.sent))
	}
	golden(t, filepath.Join(dir, "want.json"), oneOrAll(got))
}

// drive submits the case's input, or starts with its ticket, and polls while the vendor
// has answers left.
func drive(ctx context.Context, job module.AnyDriver, call provider.Call, x exchange, vendor *replayServer) []driverStep {
	var steps []driverStep
	if x.Ticket == nil {
		var out driverStep
		var err error
		out.Ticket, out.Answer, err = job.Submit(ctx, call, x.Input)
		maskResults(out.Answer, call.Account.BaseURL)
		out.setFault(err)
		steps, x.Ticket = append(steps, out), out.Ticket
	}
	call.Age = time.Hour
	for x.Ticket != nil && vendor.left() > 0 {
		left := vendor.left()
		u, err := job.Poll(ctx, call, *x.Ticket)
		out := driverStep{Phase: [...]string{"wait", "done", "failed", "stopped"}[u.Phase], Progress: u.Progress, Cost: u.Cost}
		if u.Phase == provider.Done {
			out.Answer = &u.Answer
			maskResults(out.Answer, call.Account.BaseURL)
		}
		out.setFault(err)
		if u.Err != nil {
			out.setFault(u.Err)
		}
		if u.Ticket != nil {
			x.Ticket, out.Learnt = u.Ticket, u.Ticket.Data
		}
		steps = append(steps, out)
		if vendor.left() == left { // Poll sent no request
			break
		}
	}
	return steps
}

// maskResults replaces the placeholders of files, and the vendor's address, by ones that
// are the same in every run.
func maskResults(a *provider.Answer, base string) {
	if a == nil {
		return
	}
	for i, r := range a.Results {
		if strings.HasPrefix(r.Base64, "blob:") {
			a.Results[i].Base64 = "blob:file"
		}
		if tail, own := strings.CutPrefix(r.URL, base); own {
			a.Results[i].URL = "https://vendor.example" + tail
		}
	}
}

func (o *driverStep) setFault(err error) {
	f := fault.From(err)
	if f == nil {
		return
	}
	o.Fault = &faultView{Kind: f.Kind, Code: f.StableCode(), VendorCode: f.VendorCode, Message: f.Message, Charged: f.Charged}
	if f.RetryAfter > 0 {
		o.Fault.RetryAfter = f.RetryAfter.String()
	}
}

// oneOrAll is the only element of a list, or the list.
func oneOrAll[T any](list []T) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// textInputs opens any id as a small file: an id that begins with "video" as an MP4,
// any other as a PNG.
type textInputs struct{}

// Open implements [provider.AssetOpener].
func (textInputs) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	data := "bytes of " + string(img)
	mime, ext := "image/png", ".png"
	if strings.HasPrefix(string(img), "video") {
		mime, ext = "video/mp4", ".mp4"
	}
	return provider.Input{Name: string(img) + ext, URL: "https://gateway.example/api/images/" + string(img) + ext, MIME: mime, Size: int64(len(data)), Width: 512, Height: 512,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }}, nil
}

// discardSink is a BlobSink that discards the bytes: the answers of test cases are too
// short for base64 to be extracted.
type discardSink struct{}

type discard struct{ io.Writer }

// Close implements [io.Closer].
func (discard) Close() error { return nil }

// Create implements [provider.BlobSink].
func (discardSink) Create(int) (io.WriteCloser, error) { return discard{io.Discard}, nil }

// Extracted implements [provider.BlobSink].
func (discardSink) Extracted([]jsonblob.Blob) {}

// golden compares the JSON of got with a file, which -update writes.
func golden(t *testing.T, path string, got any) {
	t.Helper()
	data, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	data = append(data, '\n')
	if *update {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run with -update and review what it writes", err)
	}
	if !bytes.Equal(want, data) {
		t.Errorf("%s differs:\n%s", path, data)
	}
}
