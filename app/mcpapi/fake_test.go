package mcpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"sync"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/schema"
	"aigc/app/service"
	"aigc/app/task"
)

// fake is a service whose tasks change state when the test calls move.
type fake struct {
	service.API // a method that the fake lacks panics, which is a tool error
	ops         []service.Operation
	keys        map[string]service.Caller // empty: open
	logs        bytes.Buffer
	bodyIdle    time.Duration // time limit of a body; the default if zero

	mu        sync.Mutex
	requests  []service.Request
	tasks     map[string]*service.View
	byKey     map[string]string
	watchers  map[string][]chan struct{}
	begin     task.State // state of a new task
	onCreate  func(service.Request) error
	thumb     func() ([]byte, error)
	uploads   map[string]*fakeUpload
	limit     int64 // bytes of a file
	dropped   []string
	used      []string
	allowed   int
	allow     error
	released  chan struct{}
	query     task.Query
	waiting   chan struct{} // a value for each call of Wait
	abandoned chan struct{} // a value for each Wait that ended with its context
}

func newFake(t *testing.T, modules ...module.Module) *fake {
	t.Helper()
	if len(modules) == 0 {
		modules = []module.Module{toy}
	}
	h, err := module.NewRegistry(modules...)
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{
		tasks: map[string]*service.View{}, byKey: map[string]string{}, watchers: map[string][]chan struct{}{}, begin: task.Succeeded,
		uploads: map[string]*fakeUpload{}, limit: 24 << 20, released: make(chan struct{}), waiting: make(chan struct{}, 100), abandoned: make(chan struct{}, 100),
		thumb: func() ([]byte, error) { return []byte("\xff\xd8 a small image \xff\xd9"), nil },
	}
	for _, e := range h.Operations() {
		f.ops = append(f.ops, service.Operation{Registered: e, Schema: schema.New(e.Input)})
	}
	return f
}

func (f *fake) Authenticate(_ context.Context, key string) (service.Caller, error) {
	if len(f.keys) == 0 {
		return service.Caller{Name: service.Local, Admin: true}, nil
	}
	if c, ok := f.keys[key]; ok {
		return c, nil
	}
	return service.Caller{}, fault.New(fault.Unauthenticated, "key_unknown", "The API key is not known here.")
}

func (f *fake) Allow(context.Context, service.Caller) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.allowed++
	return f.allow
}

func (f *fake) Operations() []service.Operation { return f.ops }

func (f *fake) Models(context.Context) []service.Model {
	var out []service.Model
	for i, op := range f.ops {
		out = append(out, service.Model{
			ID: op.Default().ID, Module: op.Module.Name, Operation: op.Kind(), Media: op.Registered.Operation.Media, Tool: op.Registered.Operation.Tool,
			Path: "/api" + op.Registered.Operation.Paths[0], Default: true, Available: i == 0, Needs: "TOY_API_KEY", Prices: provider.ListPrices(op.Default().Prices), Schema: op.Schema.JSON(),
		})
	}
	return out
}

func (f *fake) Quote(_ context.Context, r service.Request) (service.Quote, error) {
	if _, err := r.Operation.Schema.Parse(r.Input); err != nil {
		return service.Quote{}, err
	}
	price := 0.04
	return service.Quote{Model: "toy-1", Count: 1, Cost: service.Cost{Quoted: &price, Currency: "USD"}}, nil
}

func (f *fake) Create(_ context.Context, r service.Request) (*service.View, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, r)
	for ref, l := range f.uploads {
		if bytes.Contains(r.Input, []byte(ref)) && l.failed != nil {
			return nil, false, l.failed
		}
	}
	raw, err := r.Operation.Schema.Parse(r.Input)
	if err != nil {
		return nil, false, err
	}
	for ref := range f.uploads {
		if bytes.Contains(raw, []byte(ref)) {
			f.used = append(f.used, ref)
		}
	}
	if f.onCreate != nil {
		if err := f.onCreate(r); err != nil {
			return nil, false, err
		}
	}
	if id := f.byKey[r.IdempotencyKey]; id != "" {
		return f.copy(id), true, nil
	}
	id := fmt.Sprintf("01930000-0000-7000-8000-%012d", len(f.tasks)+1)
	quoted := 0.04
	v := &service.View{
		TaskID: id, Status: task.Queued, Kind: r.Operation.Kind(), Model: r.Operation.Default().ID, Media: r.Operation.Registered.Operation.Media, Charged: fault.ChargedNo,
		Data: []service.ResultView{}, Warnings: []string{}, Cost: service.Cost{Quoted: &quoted, Currency: "USD"}, Created: 1700000000,
	}
	f.tasks[id] = v
	if r.IdempotencyKey != "" {
		f.byKey[r.IdempotencyKey] = id
	}
	f.set(v, f.begin)
	return f.copy(id), false, nil
}

// set changes the state of a task.
func (f *fake) set(v *service.View, to task.State) {
	v.Status = to
	switch to {
	case task.Succeeded:
		actual, seed := 0.039, int64(9007199254740993)
		v.Charged, v.Cost.Actual, v.Progress = fault.ChargedYes, &actual, 1
		v.Usage = json.RawMessage(`[{"tokens":1}]`) // not an object, as a vendor may send it
		v.Data = []service.ResultView{{
			URL: "http://gateway/api/images/ai_generated/images/2026/11/24/toy-1_" + v.TaskID + "_0.png", AssetID: "asset-" + v.TaskID,
			MIMEType: "image/png", Width: 640, Height: 480, Size: 1234, SHA256: "00", Seed: &seed,
		}}
	case task.Failed:
		v.Charged = fault.ChargedNo
		v.Error = service.NewErrorView(&task.Error{Code: "vendor_refused", Message: "The vendor refused the content.", VendorCode: "moderation", Kind: fault.Rejected})
	case task.InDoubt:
		v.Charged = fault.ChargedUnknown
	}
	for _, ch := range f.watchers[v.TaskID] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// move changes the state of the only task and wakes its watchers.
func (f *fake) move(to task.State, progress float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range f.tasks {
		v.Progress = progress
		f.set(v, to)
	}
}

func (f *fake) copy(id string) *service.View { v := *f.tasks[id]; return &v }

func (f *fake) Get(_ context.Context, _ service.Caller, id string) (*service.View, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.tasks[id] == nil {
		return nil, fault.New(fault.NotFound, "task_not_found", "There is no such task.")
	}
	return f.copy(id), nil
}

func (f *fake) ByTicket(ctx context.Context, c service.Caller, module, ticket string) (*service.View, error) {
	if module != "toy" || ticket != "projects/p/operations/1" {
		return nil, fault.New(fault.NotFound, "task_not_found", "There is no such task.")
	}
	return f.Get(ctx, c, "01930000-0000-7000-8000-000000000001")
}

func (f *fake) Watch(ctx context.Context, id string) <-chan struct{} {
	ch := make(chan struct{}, 1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers[id] = append(f.watchers[id], ch)
	return ch
}

func (f *fake) Wait(ctx context.Context, c service.Caller, id string, d time.Duration) (*service.View, error) {
	changes := f.Watch(ctx, id)
	timer := time.NewTimer(d)
	defer timer.Stop()
	f.waiting <- struct{}{}
	for {
		v, err := f.Get(context.WithoutCancel(ctx), c, id)
		if err != nil || v.Status.Done() {
			return v, err
		}
		select {
		case <-changes:
		case <-timer.C:
			return v, nil
		case <-f.released:
			return v, nil
		case <-ctx.Done():
			f.abandoned <- struct{}{}
			return v, nil
		}
	}
}

func (f *fake) List(_ context.Context, _ service.Caller, q task.Query) (service.Page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.query = q
	var p service.Page
	for id := range f.tasks {
		p.Tasks = append(p.Tasks, f.copy(id))
	}
	p.Next = "next-one"
	return p, nil
}

func (f *fake) Cancel(_ context.Context, _ service.Caller, id string) (*service.View, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set(f.tasks[id], task.Canceled)
	return f.copy(id), service.CancelDone, nil
}

func (f *fake) Discard(_ context.Context, _ service.Caller, id string) (*service.View, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set(f.tasks[id], task.Failed)
	return f.copy(id), nil
}

func (f *fake) Retry(ctx context.Context, c service.Caller, id string) (*service.View, error) {
	return f.Get(ctx, c, id)
}

func (f *fake) Resume(context.Context, service.Caller, string) (*service.View, error) {
	return nil, fault.New(fault.Conflict, "not_resumable", "Only a task that failed by its deadline can be resumed.")
}

func (f *fake) UploadFrom(_ context.Context, _ service.Caller, name, value string) (*service.AssetView, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := &service.AssetView{AssetID: "asset-1", OriginalFilename: name, ContentType: "image/png", DirectURL: "http://gateway/api/images/up.png", UploadTime: time.Unix(0, 0).UTC()}
	if l := f.uploads[value]; l != nil {
		if l.failed != nil {
			return nil, l.failed
		}
		f.used = append(f.used, value)
		a.FileSize, a.SHA256 = l.size, fmt.Sprintf("%x", l.sum.Sum(nil))
	}
	return a, nil
}

func (f *fake) Thumbnail(_ context.Context, _ service.Caller, _ string, maxBytes int) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.thumb()
}

func (f *fake) Ready(context.Context) error { return nil }

// fakeUpload counts and hashes a file and stores nothing.
type fakeUpload struct {
	ref     string
	size    int64
	sum     hash.Hash
	limit   int64
	closed  bool
	aborted bool
	failed  error
}

func (f *fake) NewUpload(context.Context) (service.Upload, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := &fakeUpload{ref: "lifted:" + task.RandomHex(20), sum: sha256.New(), limit: f.limit}
	f.uploads[l.ref] = l
	return l, nil
}

func (f *fake) DiscardUploads(refs ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dropped = append(f.dropped, refs...)
}

func (l *fakeUpload) Write(p []byte) (int, error) {
	if l.size += int64(len(p)); l.size > l.limit {
		return 0, fault.New(fault.TooLarge, "file_too_large", "A file may have at most 24 MB.").WithCharge(fault.ChargedNo)
	}
	return l.sum.Write(p)
}
func (l *fakeUpload) Close() error        { l.closed = true; return nil }
func (l *fakeUpload) Abort() error        { l.aborted = true; return nil }
func (l *fakeUpload) Fail(err error)      { l.failed, l.aborted = err, true }
func (l *fakeUpload) Placeholder() string { return l.ref }
