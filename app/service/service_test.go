package service_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"aigc/app/dispatch"
	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/service"
	"aigc/app/service/servicetest"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// rig is an engine with servicetest.FakeModule.
type rig struct {
	*workertest.Engine
	vendor *servicetest.Vendor
	t      *testing.T
}

func start(t *testing.T) *rig {
	t.Helper()
	e, v := servicetest.Start(t)
	return &rig{e, v, t}
}

// ask creates a task of the image operation.
func (r *rig) ask(input string, edit ...func(*service.Request)) (*service.View, bool, error) {
	r.t.Helper()
	op, ok := r.Operation("gallery.draw")
	if !ok {
		r.t.Fatal("no operation")
	}
	req := service.Request{Operation: op, Input: json.RawMessage(input), Caller: workertest.Me}
	for _, f := range edit {
		f(&req)
	}
	return r.Create(context.Background(), req)
}

func (r *rig) waitDone(id string) *service.View {
	r.t.Helper()
	v, err := r.Wait(context.Background(), service.Caller{Admin: true}, id, 30*time.Second)
	if err != nil || !v.Status.Done() {
		r.t.Fatalf("%v: %+v", err, v)
	}
	return v
}

// noWakes drops wake-ups.
type noWakes struct{}

func (noWakes) Wake(string, string) {}

func withKey(key string, caller service.Caller) func(*service.Request) {
	return func(q *service.Request) { q.IdempotencyKey, q.Caller = key, caller }
}

// ownedBy gives each case its own owners, so that cases can share an engine.
func ownedBy(test string) func(*service.Request) {
	return func(q *service.Request) { q.Caller.Name += " of " + test }
}

func sdkRetry(q *service.Request) { q.SDKRetry = true }

// wantFault fails unless err is a fault of this kind and code.
func wantFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if f := fault.From(err); f == nil || f.Kind != kind || f.StableCode() != code {
		t.Errorf("%v; want %s, %s", err, kind, code)
	}
}

// A repeated request is purchased once, whether it is repeated by key or by an SDK.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	me, you := workertest.Me, service.Caller{Name: "you"}
	long := strings.Repeat("k", 256)
	const fox = `{"prompt":"fox"}`
	r := start(t)
	cases := map[string]struct {
		first, second string
		edit1, edit2  func(*service.Request)
		same          bool
		kind          fault.Kind
		code          string
		waitFirst     bool
	}{
		"same key, same input":       {first: fox, second: fox, edit1: withKey("k", me), edit2: withKey("k", me), same: true},
		"defaults written out":       {first: fox, second: `{ "n":1.0, "prompt":"fox", "style":null }`, edit1: withKey("k", me), edit2: withKey("k", me), same: true},
		"same key, other input":      {first: fox, second: `{"prompt":"cat"}`, edit1: withKey("k", me), edit2: withKey("k", me), kind: fault.IdempotencyMismatch, code: "idempotency_key_reused"},
		"another owner's key":        {first: fox, second: `{"prompt":"cat"}`, edit1: withKey("k", me), edit2: withKey("k", you)},
		"another key":                {first: fox, second: fox, edit1: withKey("k", me), edit2: withKey("l", me)},
		"no key":                     {first: fox, second: fox, edit1: withKey("", me), edit2: withKey("", me)},
		"longest key":                {first: fox, second: fox, edit1: withKey(long[:255], me), edit2: withKey(long[:255], me), same: true},
		"key too long":               {first: fox, second: fox, edit1: withKey("k", me), edit2: withKey(long, me), kind: fault.Invalid, code: "idempotency_key_too_long"},
		"an SDK repeats itself":      {first: fox, second: fox, edit1: withKey("", me), edit2: sdkRetry, same: true},
		"an SDK after a failure":     {first: `{"prompt":"refuse"}`, second: `{"prompt":"refuse"}`, edit1: withKey("", me), edit2: sdkRetry, waitFirst: true},
		"an SDK with another prompt": {first: fox, second: `{"prompt":"cat"}`, edit1: withKey("", me), edit2: sdkRetry},
		"a failure under a key":      {first: `{"prompt":"refuse"}`, second: `{"prompt":"refuse"}`, edit1: withKey("k", me), edit2: withKey("k", me), same: true, waitFirst: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, replayed, err := r.ask(c.first, c.edit1, ownedBy(name))
			if err != nil || replayed {
				t.Fatal(replayed, err)
			}
			if c.waitFirst {
				r.waitDone(a.TaskID)
			}
			b, replayed, err := r.ask(c.second, c.edit2, ownedBy(name))
			if c.kind != "" {
				wantFault(t, err, c.kind, c.code)
				if f := fault.From(err); f.Charged != fault.ChargedNo {
					t.Errorf("charged %s", f.Charged)
				}
				return
			}
			if err != nil || replayed != c.same || (a.TaskID == b.TaskID) != c.same {
				t.Fatalf("%v: %s and %s, replayed %t; want the same: %t", err, a.TaskID, b.TaskID, replayed, c.same)
			}
		})
	}
}

// The outcomes of Cancel; a second call returns the same one.
func TestCancel(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	cases := map[string]struct {
		input, outcome string
		status         task.State
	}{
		"a success":      {`{"prompt":"fox"}`, service.CancelTooLate, task.Succeeded},
		"a failure":      {`{"prompt":"refuse"}`, service.CancelTooLate, task.Failed},
		"in doubt":       {`{"prompt":"drop"}`, service.CancelTooLate, task.InDoubt},
		"a group, ended": {`{"prompt":"fox","n":2}`, service.CancelTooLate, task.Succeeded},
	}
	r := start(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, _, err := r.ask(c.input)
			if err != nil {
				t.Fatal(err)
			}
			r.waitDone(v.TaskID)
			for range 2 {
				after, outcome, err := r.Cancel(ctx, workertest.Me, v.TaskID)
				if err != nil || outcome != c.outcome || after.Status != c.status {
					t.Errorf("%v: %s, %s; want %s, %s", err, outcome, after.Status, c.outcome, c.status)
				}
			}
		})
	}
	for name, input := range map[string]string{"a task": `{"prompt":"fox"}`, "a group": `{"prompt":"fox","n":3}`} {
		t.Run(name+" in the queue", func(t *testing.T) {
			t.Parallel()
			r := start(t)
			r.Dispatcher = dispatch.ToQueue(noWakes{}) // no worker is woken, and the monitor's first check is 5 s away
			v, _, err := r.ask(input)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				after, outcome, err := r.Cancel(ctx, workertest.Me, v.TaskID)
				if err != nil || outcome != service.CancelDone || after.Status != task.Canceled || after.Charged != fault.ChargedNo || after.Cost.Actual == nil || *after.Cost.Actual != 0 {
					t.Fatalf("%v: %s, %+v", err, outcome, after)
				}
			}
			if n := r.vendor.Purchases.Load(); n != 0 {
				t.Errorf("%d purchases", n)
			}
		})
	}
}

// A task of another owner is reported as not found; an admin sees all tasks.
func TestTaskOwners(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := start(t)
	v, _, err := r.ask(`{"prompt":"drop"}`)
	if err != nil {
		t.Fatal(err)
	}
	r.waitDone(v.TaskID)
	you := service.Caller{Name: "you"}
	actions := map[string]func(service.Caller) error{
		"get":     func(c service.Caller) error { _, err := r.Get(ctx, c, v.TaskID); return err },
		"wait":    func(c service.Caller) error { _, err := r.Wait(ctx, c, v.TaskID, time.Millisecond); return err },
		"events":  func(c service.Caller) error { _, err := r.Events(ctx, c, v.TaskID, 0); return err },
		"cancel":  func(c service.Caller) error { _, _, err := r.Cancel(ctx, c, v.TaskID); return err },
		"retry":   func(c service.Caller) error { _, err := r.Retry(ctx, c, v.TaskID); return err },
		"resume":  func(c service.Caller) error { _, err := r.Resume(ctx, c, v.TaskID); return err },
		"discard": func(c service.Caller) error { _, err := r.Discard(ctx, c, v.TaskID); return err },
	}
	for name, do := range actions {
		t.Run(name, func(t *testing.T) { wantFault(t, do(you), fault.NotFound, "task_not_found") })
	}
	if page, err := r.List(ctx, you, task.Query{Owner: "me"}); err != nil || len(page.Tasks) != 0 {
		t.Errorf("%v: you list %d tasks", err, len(page.Tasks))
	}
	for _, c := range []service.Caller{workertest.Me, {Name: "root", Admin: true}} {
		if page, err := r.List(ctx, c, task.Query{}); err != nil || len(page.Tasks) != 1 {
			t.Errorf("%v: %s lists %d tasks", err, c.Name, len(page.Tasks))
		}
	}
}

// The model of a task: named by id, alias or setting; retired or unknown.
func TestModelSelection(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		input, setting, want string
		warnings             int
		official             bool // the vendor's official host or the sandbox, where retirement dates hold
	}{
		"none":                       {`{"prompt":"x"}`, "", "brush-2", 0, false},
		"auto":                       {`{"prompt":"x","model":"auto"}`, "", "brush-2", 0, false},
		"alias":                      {`{"prompt":"x","model":"brush"}`, "", "brush-2", 0, false},
		"retired, another host":      {`{"prompt":"x","model":"brush-1"}`, "", "brush-1", 0, false},
		"to be retired":              {`{"prompt":"x","model":"brush-0"}`, "", "brush-0", 0, true},
		"retired":                    {`{"prompt":"x","model":"brush-1"}`, "", "brush-2", 1, true},
		"retired, and a setting":     {`{"prompt":"x","model":"brush-1"}`, "brush", "brush-2", 1, true},
		"unknown":                    {`{"prompt":"x","model":"brush-9"}`, "", "brush-9", 0, false},
		"of the settings":            {`{"prompt":"x"}`, "brush-9", "brush-9", 0, false},
		"asked for over the setting": {`{"prompt":"x","model":"brush"}`, "brush-9", "brush-2", 0, false},
		"a warning of the plan":      {`{"prompt":"x","style":"fancy"}`, "", "brush-2", 1, false},
	}
	engines := map[bool]*rig{}
	for _, official := range []bool{true, false} {
		e, v := servicetest.Start(t, func(a *provider.Account) bool { a.Sandbox = official; return true })
		engines[official] = &rig{e, v, t}
	}
	for name, c := range cases { // not parallel: they change the same setting
		t.Run(name, func(t *testing.T) {
			r := engines[c.official]
			r.Routes.Models = map[string]string{"gallery": c.setting}
			op, _ := r.Operation("gallery.draw")
			q, err := r.Quote(context.Background(), service.Request{Operation: op, Input: json.RawMessage(c.input), Caller: workertest.Me})
			priced := c.want != "brush-9" // an unknown model has no list price
			if err != nil || q.Model != c.want || len(q.Warnings) != c.warnings || (q.Cost.Quoted != nil) != priced || priced && *q.Cost.Quoted != 0.25 {
				t.Errorf("%v: %+v, want %s", err, q, c.want)
			}
		})
	}
}

// The operation that a model id or a module name selects.
func TestOperationFor(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.Routes.Models = map[string]string{"gallery": "brush-of-the-settings"}
	for model, want := range map[string]string{ // the operation's kind and the id
		"": "gallery.draw ", "auto": "gallery.draw ", "brush-2": "gallery.draw brush-2", "brush": "gallery.draw brush", "gallery": "gallery.draw ",
		"brush-of-the-settings": "gallery.draw brush-of-the-settings", "gallery/brush-2": "gallery.draw brush-2", "gallery/of/a/host": "gallery.draw of/a/host",
		"gallery/auto": "gallery.draw ", "reel-1": "", "nothing": "", "nothing/brush-2": "",
	} {
		op, id, ok := r.OperationFor(model)
		if ok != (want != "") || ok && op.Kind()+" "+id != want {
			t.Errorf("%q: %t %q; want %q", model, ok, id, want)
		}
	}
}

// Without a vendor key requests are refused, and the error names the setting.
func TestNoKey(t *testing.T) {
	t.Parallel()
	e, _ := servicetest.Start(t, func(*provider.Account) bool { return false })
	r := &rig{e, nil, t}
	_, _, err := r.ask(`{"prompt":"x"}`)
	wantFault(t, err, fault.NoRoute, "no_vendor_key")
	if !strings.Contains(fault.From(err).Message, "PAINTER_API_KEY") {
		t.Error(err)
	}
	if h := r.Health(context.Background()); h.Status != "degraded" || h.Components["vendors"].Status != "degraded" {
		t.Errorf("%+v", h)
	}
}

// A repeated request returns its earlier task even if no vendor key is usable by
// then: an error with "charged: no" would invite a second purchase.
func TestReplayWithoutUsableKeys(t *testing.T) {
	t.Parallel()
	r := start(t)
	ctx := context.Background()
	first, _, err := r.ask(`{"prompt":"x"}`, withKey("k", workertest.Me))
	if err != nil {
		t.Fatal(err)
	}
	done := r.waitDone(first.TaskID)
	list, err := r.Ledger.VendorAccounts(ctx)
	r.Must(err)
	for _, p := range list {
		r.Must(r.Ledger.Park(ctx, task.ParkedKey{Vendor: p.Vendor, Fingerprint: p.Fingerprint, Code: "vendor_no_balance", Reason: "empty", Until: time.Now().Add(time.Hour)}))
	}
	if _, _, err := r.ask(`{"prompt":"y"}`, withKey("other", workertest.Me)); fault.KindOf(err) != fault.VendorQuota {
		t.Fatalf("a new purchase: %v", err)
	}
	for name, again := range map[string]func(*service.Request){"the same key": withKey("k", workertest.Me), "a stock SDK": sdkRetry} {
		v, replayed, err := r.ask(`{"prompt":"x"}`, again)
		if err != nil || !replayed || v.TaskID != done.TaskID || v.Charged != fault.ChargedYes {
			t.Errorf("%s: %v, replayed %t, %+v", name, err, replayed, v)
		}
	}
}

// If an image of a repeated request can no longer be fetched, the error still says
// what the earlier task was charged.
func TestReplayWithoutItsImage(t *testing.T) {
	t.Parallel()
	r := start(t)
	first, _, err := r.ask(`{"prompt":"x"}`, withKey("k", workertest.Me))
	if err != nil {
		t.Fatal(err)
	}
	done := r.waitDone(first.TaskID)
	gone := `{"prompt":"x","image":"http://127.0.0.1:1/gone.png"}`
	_, _, err = r.ask(gone, withKey("k", workertest.Me))
	wantFault(t, err, fault.Conflict, "input_not_comparable")
	if f := fault.From(err); f.Charged != fault.ChargedYes || !strings.Contains(f.Message, done.TaskID) || len(f.Details) != 1 {
		t.Errorf("%+v", f)
	}
	_, _, err = r.ask(gone, withKey("fresh", workertest.Me))
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("with a key of its own: %v", err)
	}
}
