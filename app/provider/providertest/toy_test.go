package providertest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// toy is a module with a driver that has one bug, by name; empty: none.
type toy struct {
	bug   string
	async bool
	mixed bool // with a MixedDriver, which gives a ticket if async
	raw   bool // answers with the image itself
}

type toyInput struct {
	Prompt string `json:"prompt"`
}

type toyAnswer struct {
	ID       string  `json:"id,omitempty"`
	URL      string  `json:"url,omitempty"` // where to poll
	State    string  `json:"state,omitempty"`
	Progress float64 `json:"progress,omitempty"`
	B64      string  `json:"b64,omitempty"`
	Result   string  `json:"result,omitempty"`
	Error    string  `json:"error,omitempty"`
}

func (m toy) imitation() sandbox.Imitation {
	return sandbox.Imitation{Vendor: m.vendor(), Handler: imitateToy}
}

func (m toy) vendor() provider.Vendor {
	return provider.Vendor{Name: "toyco", Title: "Toy Co", BaseURL: "https://toy.example/v1", Prefix: "TOY",
		Probe: func(ctx context.Context, c provider.Call) error {
			res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/me", Authorize: m.authorize(c)})
			if err == nil && !res.OK() {
				err = m.fault(res)
			}
			return err
		}}
}

func (m toy) module() module.Module {
	op := module.Operation{Name: "image", Paths: []string{"/toy"}, Tool: "toy", Media: module.Image, Title: "Toy", Doc: "Toy."}
	terms := module.Terms{Models: []module.Model{{ID: "toy-1"}}}
	route := module.Sync(m.vendor(), toyGenerator{m}, terms)
	switch {
	case m.mixed:
		route = module.Mixed(m.vendor(), toyMixed{m}, terms)
	case m.async:
		route = module.Async(m.vendor(), toyDriver{m}, terms)
	}
	return module.Define(module.Spec{Name: "toy", Title: "Toy"}, module.Declare(op, route))
}

func (m toy) authorize(c provider.Call) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("X-Key", c.Account.Secret.Reveal())
		return nil
	}
}

// fault is correct, except for the bug.
func (m toy) fault(res provider.Response) *fault.Error {
	var a toyAnswer
	_ = json.Unmarshal(res.Body, &a) // some bodies are not JSON
	f := res.Fault("Toy Co", "", a.Error)
	if res.Status == http.StatusUnprocessableEntity {
		f.Kind = fault.Rejected
	}
	switch {
	case m.bug == "a 5xx is unavailable" && res.Status >= 500:
		f.Kind = fault.Unavailable
	case m.bug == "drops Retry-After":
		f.RetryAfter = 0
	case m.bug == "a bad key is bad input" && f.Kind == fault.VendorAuth:
		f.Kind = fault.Invalid
	case m.bug == "no balance is a bad key" && f.Kind == fault.VendorQuota:
		f.Kind = fault.VendorAuth
	case m.bug == "charges a refusal" && f.Kind == fault.Rejected:
		f.Charged = fault.ChargedYes
	case m.bug == "hides the reason" && f.Kind == fault.Rejected:
		f.Message = "No."
	case m.bug == "empty message":
		f.Message = " "
	}
	return f
}

func (m toy) send(ctx context.Context, c provider.Call, in toyInput) (toyAnswer, error) {
	var a toyAnswer
	r := provider.Request{URL: "/make", Body: in, Paid: m.bug != "does not set Paid", Authorize: m.authorize(c)}
	if m.raw {
		r.Header = http.Header{"Accept": {"image/*"}}
	}
	if m.bug == "follows redirects" {
		c.HTTP.HTTP.CheckRedirect = nil
	}
	res, err := c.HTTP.Do(ctx, c, r)
	if m.bug == "repeats" && (err != nil || res.Status >= 500) {
		c.HTTP = &provider.Client{HTTP: c.HTTP.HTTP, BeforeSend: c.HTTP.BeforeSend}
		res, err = c.HTTP.Do(ctx, c, r)
	}
	if err != nil {
		return a, err
	}
	if !res.OK() || m.bug == "accepts only a 200" && res.Status != http.StatusOK {
		return a, m.fault(res)
	}
	if res.Raw {
		return toyAnswer{B64: res.File}, nil
	}
	if err := res.Decode(&a); err != nil {
		if m.bug == "accepts any answer" {
			return toyAnswer{ID: "1", B64: "x"}, nil
		}
		return a, err
	}
	return a, nil
}

type toyGenerator struct{ toy }

// Generate implements [provider.Generator].
func (m toyGenerator) Generate(ctx context.Context, c provider.Call, in toyInput) (provider.Answer, error) {
	a, err := m.send(ctx, c, in)
	out := provider.Answer{}
	if a.B64 != "" {
		out.Results = []provider.Result{{Base64: a.B64}}
	}
	return out, err
}

type toyDriver struct{ toy }

// Submit implements [provider.Driver].
func (m toyDriver) Submit(ctx context.Context, c provider.Call, in toyInput) (provider.Ticket, error) {
	a, err := m.send(ctx, c, in)
	if err == nil && a.ID == "" && m.bug != "accepts an empty id" {
		err = fault.New(fault.InDoubt, "no_ticket", "No id.")
	}
	return provider.Ticket{ID: a.ID, URL: a.URL}, err
}

// Poll implements [provider.Driver].
func (m toyDriver) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	r := provider.Request{URL: t.URL, Authorize: m.authorize(c)}
	if m.bug == "trusts every host" {
		r.Trusted = func(*url.URL) bool { return true }
	}
	res, err := c.HTTP.Do(ctx, c, r)
	if err != nil {
		return provider.Update{}, err
	}
	var a toyAnswer
	err = provider.Unmarshal(res.Body, &a)
	if m.bug == "accepts numbers only" {
		err = res.Decode(&a)
	}
	if err != nil || !res.OK() {
		return provider.Update{}, m.fault(res)
	}
	u := provider.Update{Progress: min(max(a.Progress, 0), 1)}
	if m.bug == "progress in percent" {
		u.Progress *= 100
	}
	switch a.State {
	case "done":
		if a.Result == "" {
			u.Phase, u.Err = provider.Failed, fault.New(fault.InvalidResult, "", "Done, without a result.")
			return u, nil
		}
		u.Phase, u.Answer = provider.Done, provider.Answer{Results: []provider.Result{{URL: a.Result}}}
		if m.bug == "changing answer" {
			u.Answer.VendorID = time.Now().String()
		}
	case "failed":
		u.Phase, u.Err = provider.Failed, fault.New(fault.VendorFailed, "", "It failed. %s", provider.Sanitize(a.Error))
	case "refused":
		u.Phase, u.Err = provider.Failed, fault.New(fault.Rejected, "", "Refused. %s", provider.Sanitize(a.Error)).WithCharge(fault.ChargedNo)
	case "stopped":
		u.Phase = provider.Canceled
	case "working":
	default:
		if m.bug == "unknown means failed" {
			u.Phase, u.Err = provider.Failed, fault.New(fault.VendorFailed, "", "Status %s.", a.State)
		}
	}
	return u, nil
}

type toyMixed struct{ toy }

// Submit implements [provider.MixedDriver].
func (m toyMixed) Submit(ctx context.Context, c provider.Call, in toyInput) (provider.Outcome, error) {
	if m.async {
		t, err := toyDriver(m).Submit(ctx, c, in)
		return provider.Outcome{Ticket: &t}, err
	}
	a, err := toyGenerator(m).Generate(ctx, c, in)
	return provider.Outcome{Answer: &a}, err
}

// Poll implements [provider.MixedDriver].
func (m toyMixed) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	return toyDriver(m).Poll(ctx, c, t)
}

// imitateToy answers a submission with both base64 and a job id; a driver uses either.
func imitateToy(k *sandbox.Kit) http.Handler {
	mux := http.NewServeMux()
	reply := func(w http.ResponseWriter, status int, a toyAnswer) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(a)
	}
	requireKey := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Key") != sandbox.Key {
				reply(w, http.StatusUnauthorized, toyAnswer{Error: "who are you?"})
				return
			}
			h(w, r)
		}
	}
	draw := func(o *sandbox.Request) []byte {
		data, err := o.Picture(picture.Spec{Prompt: "fox", Width: 300, Height: 300}, "png", 0)
		if err != nil {
			panic(err)
		}
		return data
	}
	mux.HandleFunc("GET /v1/me", requireKey(func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, toyAnswer{}) }))
	mux.HandleFunc("POST /v1/make", requireKey(func(w http.ResponseWriter, r *http.Request) {
		var in toyInput
		_ = json.NewDecoder(r.Body).Decode(&in) // an empty prompt is allowed
		o := k.Request(r, in.Prompt)
		switch {
		case o.Has("400"):
			reply(w, http.StatusBadRequest, toyAnswer{Error: "no"})
		case o.Has("401"):
			reply(w, http.StatusUnauthorized, toyAnswer{Error: "no"})
		case o.Has("402"):
			reply(w, http.StatusPaymentRequired, toyAnswer{Error: "no"})
		case o.Has("refuse"):
			reply(w, http.StatusUnprocessableEntity, toyAnswer{Error: "too scary"})
		case o.TakeFault("429"):
			w.Header().Set("Retry-After", "1")
			reply(w, http.StatusTooManyRequests, toyAnswer{Error: "slowly"})
		default:
			o.RecordPurchase()
			job, err := k.Jobs.Accept(o, sandbox.NewID(), "toy-1", in.Prompt, in, 150*time.Millisecond)
			if err != nil {
				panic(err)
			}
			a := toyAnswer{ID: job.ID, URL: "http://" + r.Host + "/toyco/v1/jobs/" + job.ID}
			if k.Jobs.Polled(job.ID) > 0 && o.Has("slow") {
				o.Delay(r, 0)
			}
			if r.Header.Get("Accept") == "image/*" {
				o.AnswerFile(w, "image/png", draw(o))
				return
			}
			a.B64 = base64.StdEncoding.EncodeToString(draw(o))
			if o.Has("badbase64") {
				a.B64 = a.B64[:200] + "*!*" + a.B64[203:]
			}
			body, _ := json.Marshal(a) // plain strings
			o.Answer(w, http.StatusOK, body)
		}
	}))
	mux.HandleFunc("GET /v1/jobs/{id}", requireKey(func(w http.ResponseWriter, r *http.Request) {
		job, _ := k.Jobs.Find(r.PathValue("id"))
		o, a := k.JobRequest(job), toyAnswer{State: "working", Progress: job.Progress()}
		switch {
		case o.Has("status") && k.Jobs.Polled(job.ID) <= 4:
			a.State = o.Faults["status"]
		case job.Progress() < 1:
		case o.Has("fail"):
			a.State, a.Error = "failed", "bad luck"
		case o.Has("refuse-output"):
			a.State, a.Error = "refused", "too scary"
		case o.Has("cancel"):
			a.State = "stopped"
		default:
			a.State, a.Result = "done", "http://"+r.Host+"/toyco/results/"+job.ID
		}
		reply(w, http.StatusOK, a)
	}))
	mux.HandleFunc("GET /results/{id}", func(w http.ResponseWriter, r *http.Request) {
		job, ok := k.Jobs.Find(r.PathValue("id"))
		if !ok || k.JobRequest(job).Has("expired") {
			http.Error(w, "gone", http.StatusForbidden)
			return
		}
		_, _ = w.Write(draw(k.JobRequest(job)))
	})
	return mux
}
