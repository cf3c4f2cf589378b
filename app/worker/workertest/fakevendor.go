package workertest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"aigc/app/capacity"
	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/worker"
)

// FakeVendor is a module with one operation, toy.image, whose vendor is an HTTP
// handler of the test.
type FakeVendor struct {
	Async      bool          // it gives tickets
	PerRequest int           // most images of one request, 1 by default
	Deadline   time.Duration // of a job, 1 min by default
	Lease      time.Duration // of the worker, its default by default
	Tick       time.Duration // of the worker, 20 ms by default
	Probe      bool          // keys are probed by GET /me
	Foreground bool          // of the worker

	RetainInputs time.Duration       // of the worker
	Capacity     *capacity.Purchases // of worker and service; nil: of the folder's disk
}

// FakeInput is the input of its operation.
type FakeInput struct {
	Prompt string `json:"prompt" minLength:"1" doc:"what to draw"`
	Model  string `json:"model,omitempty"`
	N      int    `json:"n,omitempty" minimum:"1" maximum:"8" default:"1"`
	Seed   *int64 `json:"seed,omitempty"`
}

// FakePrice is the price of one of its images.
var FakePrice = provider.Price{Unit: "image", Micros: 40_000, Currency: "USD"}

// planner is the part that both of its drivers have.
type planner struct{ perRequest int }

// Plan implements [module.Planner].
func (p planner) Plan(in FakeInput, t module.Target) module.Plan {
	n := max(1, in.N)
	random := in.Seed == nil || *in.Seed == 0
	return module.Plan{Count: n, PerRequest: p.perRequest, RandomSeed: random, Quote: t.Cost(nil, provider.Quantity{Unit: "image", N: int64(n)})}
}

// Module is its declaration.
func (m FakeVendor) Module() module.Module {
	op := module.Operation{
		Name: "image", Paths: []string{"/toy"}, Tool: "create_toy_image", Media: m.kind(), Primary: true,
		Title: "Draw a toy", Doc: "Draws a toy.",
	}
	terms := module.Terms{
		Models: []module.Model{{ID: "toy-1", Prices: []provider.Price{FakePrice}}}, CountField: "n", Submit: 5 * time.Second,
		Poll: module.Interval{First: 10 * time.Millisecond, Every: 20 * time.Millisecond}, Deadline: cmp.Or(m.Deadline, time.Minute),
	}
	v := provider.Vendor{Name: "toyco", Title: "Toy Co", BaseURL: "http://127.0.0.1:1", Prefix: "TOY"}
	if m.Probe {
		v.Probe = provider.ProbeGET("/me", authorize)
	}
	plan := planner{m.PerRequest}
	route := module.Sync(v, fakeGenerator{plan}, terms)
	if m.Async {
		route = module.Async(v, fakeDriver{plan}, terms)
	}
	return module.Define(module.Spec{Name: "toy", Title: "Toy"}, module.Declare(op, route))
}

func authorize(c provider.Call) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+c.Account.Secret.Reveal())
		return nil
	}
}

// FakeAnswer is the body of its vendor's responses to POST /make and GET /poll/{id}.
type FakeAnswer struct {
	B64 []string `json:"b64"`
	URL string   `json:"url"`
	ID  string   `json:"id"`
	St  string   `json:"status"`
}

func (a FakeAnswer) answer() provider.Answer {
	var out provider.Answer
	for _, b := range a.B64 {
		out.Results = append(out.Results, provider.Result{Base64: b})
	}
	if a.URL != "" {
		out.Results = append(out.Results, provider.Result{URL: a.URL})
	}
	return out
}

// fakeCodes maps status 410 to "the account lacks access", and 451 to a result that is
// refused and charged for.
var fakeCodes = provider.ErrorTable{Title: "Toy Co", Rules: []provider.ErrorRule{
	{Status: http.StatusGone, Class: provider.NoAccess},
	{Status: http.StatusUnavailableForLegalReasons, Class: provider.ResultRefused, Charged: fault.ChargedYes},
}}

func send(ctx context.Context, c provider.Call, in FakeInput) (FakeAnswer, error) {
	var a FakeAnswer
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/make", Body: in, Paid: true, Authorize: authorize(c)})
	if err != nil {
		return a, err
	}
	if res.Status != http.StatusOK {
		return a, fakeCodes.Fault(res, provider.VendorError{})
	}
	if res.Raw { // the image itself
		return FakeAnswer{B64: []string{res.File}}, nil
	}
	return a, res.Decode(&a)
}

type fakeGenerator struct{ planner }

// Generate implements [provider.Generator].
func (fakeGenerator) Generate(ctx context.Context, c provider.Call, in FakeInput) (provider.Answer, error) {
	a, err := send(ctx, c, in)
	return a.answer(), err
}

type fakeDriver struct{ planner }

// Submit implements [provider.Driver].
func (fakeDriver) Submit(ctx context.Context, c provider.Call, in FakeInput) (provider.Ticket, error) {
	a, err := send(ctx, c, in)
	return provider.Ticket{ID: a.ID}, err
}

// Poll implements [provider.Driver].
func (fakeDriver) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/poll/" + t.ID, Authorize: authorize(c)})
	if err != nil {
		return provider.Update{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Update{}, res.Fault("Toy Co", "", "")
	}
	var a FakeAnswer
	if err := res.Decode(&a); err != nil {
		return provider.Update{}, err
	}
	switch a.St {
	case "done":
		return provider.Update{Phase: provider.Done, Answer: a.answer()}, nil
	case "failed":
		return provider.Update{Phase: provider.Failed, Err: fault.New(fault.VendorFailed, "toy_failed", "no luck").WithCharge(fault.ChargedNo)}, nil
	case "failed, charged":
		return provider.Update{Phase: provider.Failed, Err: fault.New(fault.Rejected, "toy_refused", "not nice").WithCharge(fault.ChargedYes)}, nil
	case "failed, cost reported":
		return provider.Update{Phase: provider.Failed, Cost: provider.USD(0.01), Err: fault.New(fault.Rejected, "toy_refused", "not nice").WithCharge(fault.ChargedYes)}, nil
	case "stopped":
		return provider.Update{Phase: provider.Canceled}, nil
	}
	return provider.Update{Progress: 0.5}, nil
}

func (m FakeVendor) kind() module.Media {
	if m.Async {
		return module.Video
	}
	return module.Image
}

// Reply sends a response of the fake vendor.
func Reply(w http.ResponseWriter, a FakeAnswer) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(a)
}

// PNG is a small valid image of 16 by 8 pixels.
func PNG() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 16, 8))); err != nil {
		panic(err) // a buffer does not fail
	}
	return b.Bytes()
}

// NewFakeVendor starts an engine with a FakeVendor, with one account per key, and
// returns it with the vendor's HTTP server.
func NewFakeVendor(t testing.TB, async bool, keys []string, vendor http.HandlerFunc) (*Engine, *httptest.Server) {
	t.Helper()
	return FakeVendor{Async: async}.Start(t, keys, vendor)
}

// Start is [NewFakeVendor] with other settings.
func (m FakeVendor) Start(t testing.TB, keys []string, vendor http.HandlerFunc) (*Engine, *httptest.Server) {
	t.Helper()
	srv := httptest.NewServer(vendor)
	t.Cleanup(srv.Close)
	host, err := module.NewRegistry(m.Module())
	if err != nil {
		t.Fatal(err)
	}
	accounts := provider.NewAccounts()
	var list []provider.Account
	for _, k := range keys {
		list = append(list, provider.Account{BaseURL: srv.URL, Secret: provider.Secret(k)})
	}
	accounts.Add(host.Vendors()["toyco"], provider.Limits{}, list...)
	return start(t, host, accounts, worker.Config{
		Lease: m.Lease, Tick: cmp.Or(m.Tick, 20*time.Millisecond), Foreground: m.Foreground, RetainInputs: m.RetainInputs, Capacity: m.Capacity,
	}), srv
}
