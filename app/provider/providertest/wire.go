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

var update = flag.Bool("update", false, "write golden files anew")

// outcome is what a driver made of an answer: testdata/<case>/want.json, a
// list of them where there were several.
type outcome struct {
	Ticket   *provider.Ticket `json:"ticket,omitempty"`
	Answer   *provider.Answer `json:"answer,omitempty"`
	Phase    string           `json:"phase,omitempty"`
	Progress float64          `json:"progress,omitempty"`
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

// Wire plays every case in testdata. prepare may complete the account (its
// token endpoint is the recording server at base, path /token).
func Wire(t *testing.T, m module.Module, prepare func(base string, a *provider.Account)) {
	t.Helper()
	h, err := module.NewRegistry(m)
	if err != nil {
		t.Fatal(err)
	}
	dirs, err := cases()
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases in testdata: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			play(t, h, dir, prepare)
		})
	}
}

const secretKey = "secret-key" // of every case's account

func play(t *testing.T, h *module.Registry, dir string, prepare func(string, *provider.Account)) {
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
	vendor := &player{answers: x.upstream}
	srv := httptest.NewServer(vendor)
	defer srv.Close()
	account := provider.Account{Vendor: route.Vendor.Name, BaseURL: srv.URL, Secret: secretKey, Variable: "TEST_KEY", Attrs: x.Attrs}
	if prepare != nil {
		prepare(srv.URL, &account)
	}
	account.Fingerprint = provider.Fingerprint(account.Secret + provider.Secret(srv.URL))
	call := provider.Call{
		Task: "task", Submit: "submit", Model: x.Model, Account: account, Inputs: words{},
		HTTP: &provider.Client{HTTP: provider.NewTransport(), Blobs: nowhere{}}, Prices: route.Prices,
	}
	got := drive(t.Context(), route.AnyDriver, call, x, vendor)
	for _, err := range vendor.faults {
		t.Error(err)
	}
	if n := vendor.left(); n > 0 && len(vendor.sent) > 0 {
		t.Errorf("%d answers were not asked for", n)
	}
	if len(vendor.sent) > 0 {
		golden(t, filepath.Join(dir, "request.json"), oneOrAll(vendor.sent))
	}
	golden(t, filepath.Join(dir, "want.json"), oneOrAll(got))
}

// drive submits, or polls the case's ticket, and then polls while the vendor
// has answers left.
func drive(ctx context.Context, job module.AnyDriver, call provider.Call, x exchange, vendor *player) []outcome {
	var steps []outcome
	if x.Ticket == nil {
		var out outcome
		var err error
		out.Ticket, out.Answer, err = job.Submit(ctx, call, x.Input)
		out.blame(err)
		steps, x.Ticket = append(steps, out), out.Ticket
	}
	call.Age = time.Hour // long ago
	for x.Ticket != nil && vendor.left() > 0 {
		left := vendor.left()
		u, err := job.Poll(ctx, call, *x.Ticket)
		out := outcome{Phase: [...]string{"wait", "done", "failed", "stopped"}[u.Phase], Progress: u.Progress}
		if u.Phase == provider.Done {
			out.Answer = &u.Answer
		}
		out.blame(err)
		if u.Err != nil {
			out.blame(u.Err)
		}
		steps = append(steps, out)
		if vendor.left() == left { // it did not ask
			break
		}
	}
	return steps
}

func (o *outcome) blame(err error) {
	f := fault.From(err)
	if f == nil {
		return
	}
	o.Fault = &faultView{Kind: f.Kind, Code: f.StableCode(), VendorCode: f.VendorCode, Message: f.Message, Charged: f.Charged}
	if f.RetryAfter > 0 {
		o.Fault.RetryAfter = f.RetryAfter.String()
	}
}

func oneOrAll[T any](list []T) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// words are the inputs of every case: a small file, by any id; one that begins
// with "film" is an MP4, all others are PNGs.
type words struct{}

// Open implements [provider.AssetOpener].
func (words) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	data := "bytes of " + string(img)
	mime, ext := "image/png", ".png"
	if strings.HasPrefix(string(img), "film") {
		mime, ext = "video/mp4", ".mp4"
	}
	return provider.Input{Name: string(img) + ext, URL: "https://gateway.example/api/images/" + string(img) + ext, MIME: mime, Size: int64(len(data)), Width: 512, Height: 512,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }}, nil
}

// nowhere throws lifted bytes away: a case's answer is small.
type nowhere struct{}

type discard struct{ io.Writer }

// Close implements [io.Closer].
func (discard) Close() error { return nil }

// Create implements [provider.BlobSink].
func (nowhere) Create(int) (io.WriteCloser, error) { return discard{io.Discard}, nil }

// Extracted implements [provider.BlobSink].
func (nowhere) Extracted([]jsonblob.Blob) {}

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
		t.Fatalf("%v; run with -update and read what it writes", err)
	}
	if !bytes.Equal(want, data) {
		t.Errorf("%s differs:\n%s", path, data)
	}
}
