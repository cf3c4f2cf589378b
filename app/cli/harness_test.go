package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/config"
)

// drawing is an input of the toy module; wait has the name of a flag of generate.
type drawing struct {
	Prompt string `json:"prompt" minLength:"1" doc:"what to draw"`
	Model  string `json:"model,omitempty" doc:"model id"`
	N      int    `json:"n,omitempty" minimum:"1" maximum:"4" default:"1" doc:"how many"`
	Size   string `json:"size,omitempty" enum:"small,large" default:"small" doc:"how large"`
	Tile   bool   `json:"tile,omitempty" doc:"repeatable"`
	Wait   string `json:"wait,omitempty" doc:"a field with the name of a flag"`

	OutputFormat string `json:"output_format,omitempty" enum:"jpeg,webp" doc:"file format"`
}

type edit struct {
	Prompt string              `json:"prompt" minLength:"1" doc:"what to change"`
	Image  provider.ImageRef   `json:"image" doc:"the image"`
	Images []provider.ImageRef `json:"more_images,omitempty" nullable:"false" doc:"further images"`
}

// acme is a vendor whose keys can be probed.
var acme = provider.Vendor{
	Name: "acme", Title: "Acme", BaseURL: "https://acme.invalid/v1", Prefix: "ACME", Settings: provider.Keys("ACME"),
	Probe: func(ctx context.Context, c provider.Call) error {
		res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/me", Authorize: func(r *http.Request) error {
			r.Header.Set("Authorization", c.Account.Secret.Reveal())
			return nil
		}})
		if err == nil && res.Status != http.StatusOK {
			err = res.Fault("acme", "", "No.")
		}
		return err
	},
	Models: func(_ context.Context, c provider.Call) ([]string, error) {
		if c.Account.Secret != "sk-good" {
			return nil, fault.New(fault.VendorAuth, "", "No.")
		}
		return []string{"toy-1", "of-the-host"}, nil
	},
}

var imitated = []sandbox.Imitation{{Vendor: acme, Handler: func(*sandbox.Kit) http.Handler { return http.NotFoundHandler() }}}

var toyTerms = module.Terms{Models: []module.Model{
	{ID: "toy-1", Prices: []provider.Price{{Unit: "image", Micros: 40_000, Currency: "USD"}, {Unit: "image", Micros: 200_000, Currency: "USD"}}},
	{ID: "toy-0", Retired: "2026-01-01"},
}}

// toy is the module of acme.
var toy = module.Define(module.Spec{Name: "toy", Title: "Toy", Doc: "It is for tests."},
	module.Declare(module.Operation{
		Name: "edit", Paths: []string{"/toy/edit"}, Tool: "edit_toy_image", Media: module.Image, Title: "Edit",
	}, module.Sync[edit](acme, struct{ provider.Generator[edit] }{}, toyTerms)),
	module.Declare(module.Operation{
		Name: "draw", Paths: []string{"/toy/draw"}, Tool: "create_toy_image", Media: module.Image, Title: "Draw", Primary: true,
	}, module.Sync[drawing](acme, struct{ provider.Generator[drawing] }{}, toyTerms)))

// result is the exit code and the output of a command.
type result struct {
	code     int
	out, err string
}

// command runs one command with settings l.
func command(t *testing.T, l *config.Settings, args ...string) result {
	t.Helper()
	return commandWith(t.Context(), l, strings.NewReader(""), args...)
}

func commandWith(ctx context.Context, l *config.Settings, in io.Reader, args ...string) result {
	var out bytes.Buffer
	r := commandTo(ctx, l, in, &out, args...)
	r.out = out.String()
	return r
}

// commandTo runs a command with another standard output.
func commandTo(ctx context.Context, l *config.Settings, in io.Reader, out io.Writer, args ...string) result {
	var errs bytes.Buffer
	c := &cli{
		Streams: Streams{in, out, &errs}, modules: []module.Module{toy}, imitations: imitated,
		load: func(*module.Registry) (*config.Settings, error) { return l, nil },
	}
	code := c.run(ctx, args)
	return result{code, "", errs.String()}
}

// want checks the exit code, and that each text is in one of the outputs.
func (r result) want(t *testing.T, code int, texts ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	for _, text := range texts {
		if !strings.Contains(r.out+r.err, text) {
			t.Errorf("%q is in no output", text)
		}
	}
	if t.Failed() {
		t.Fatalf("output:\n%s\nerror output:\n%s", r.out, r.err)
	}
}

// settings returns the settings of an empty environment, with a new data folder.
func settings(t *testing.T) *config.Settings {
	t.Helper()
	return &config.Settings{
		Config: config.Config{Process: config.Process{
			Addr: "127.0.0.1:0", MCPAddr: "127.0.0.1:0", DataDir: t.TempDir(), Sandbox: "auto", ShutdownGrace: 10 * time.Second,
			SyncWait: time.Second, WorkerConcurrency: 2, LogLevel: "error", LogFormat: "json",
		}},
		Accounts: provider.NewAccounts(),
		List:     []config.Setting{{Name: "AIGC_LOG_LEVEL", Value: "error", Source: "environment"}},
	}
}

// fake is a fake server with one task, which goes to its next state at each read.
type fake struct {
	*httptest.Server
	t *testing.T

	key     string // needed in requests; empty: none
	results []service.ResultView
	files   map[string][]byte // by path
	states  []service.View    // the answers to successive reads of the task
	lose    int               // number of submissions whose answer is lost
	cut     int               // number of downloads that are cut off
	refusal *problem          // the answer to submissions, if set
	onRead  func()

	mu          sync.Mutex
	requests    []string                   // method and path
	inputsByKey map[string]json.RawMessage // input by idempotency key
	uploads     map[string][]byte
	reads       int
}

const taskID = "0190a000-0000-7000-8000-000000000001"

func newFake(t *testing.T) *fake {
	f := &fake{t: t, files: map[string][]byte{}, inputsByKey: map[string]json.RawMessage{}, uploads: map[string][]byte{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/toy/{operation}", f.submit)
	mux.HandleFunc("GET /api/tasks/{id}", func(w http.ResponseWriter, r *http.Request) { f.send(w, 200, f.read()) })
	mux.HandleFunc("POST /api/files/upload", f.upload)
	mux.HandleFunc("GET /api/images/{name}", f.download)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.requests = append(f.requests, r.Method+" "+r.URL.Path)
		f.mu.Unlock()
		if f.key != "" && r.Header.Get("Authorization") != "Bearer "+f.key {
			f.refuse(w, &problem{Status: 401, Code: "key_needed", Detail: "Send an API key."})
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// settings returns settings with the fake's address.
func (f *fake) settings() *config.Settings {
	l := settings(f.t)
	l.URL = f.URL
	return l
}

// add adds a result to the task. Its link has another host than the fake, as with
// AIGC_PUBLIC_URL.
func (f *fake) add(name, mime string, data []byte) {
	sum := sha256.Sum256(data)
	path := "/api/images/" + name
	f.files[path] = data
	f.results = append(f.results, service.ResultView{
		URL: "https://images.example.com/gateway" + path, AssetID: "a-" + name, MIMEType: mime, Width: 3, Height: 2,
		Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]),
	})
}

// set changes the fake under its lock.
func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) send(w http.ResponseWriter, status int, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "data": data, "error": nil})
}

func (f *fake) refuse(w http.ResponseWriter, p *problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

func (f *fake) submit(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Error(err)
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" || r.Header.Get("Prefer") != "respond-async" {
		f.t.Errorf("a submission without an idempotency key, or one that waits: %v", r.Header)
	}
	if f.refusal != nil {
		f.refuse(w, f.refusal)
		return
	}
	f.mu.Lock()
	_, again := f.inputsByKey[key]
	f.inputsByKey[key] = body
	lost := f.lose > 0
	f.lose--
	f.mu.Unlock()
	if lost {
		panic(http.ErrAbortHandler)
	}
	if again {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	f.send(w, 202, service.View{TaskID: taskID, Status: task.Queued, Warnings: []string{}})
}

func (f *fake) read() service.View {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.onRead != nil {
		f.onRead()
	}
	v := service.View{TaskID: taskID, Status: task.Succeeded, Model: "toy-1", Charged: fault.ChargedYes, Data: f.results}
	if f.reads < len(f.states) {
		v = f.states[f.reads]
		v.TaskID, v.Model = taskID, "toy-1"
	}
	if f.reads < len(f.states)-1 || v.Status != task.Running {
		f.reads++
	}
	return v
}

func (f *fake) upload(w http.ResponseWriter, r *http.Request) {
	file, head, err := r.FormFile("file")
	if err != nil {
		f.t.Error(err)
		return
	}
	data, err := io.ReadAll(file)
	if err != nil {
		f.t.Error(err)
	}
	f.mu.Lock()
	f.uploads[head.Filename] = data
	id := fmt.Sprintf("0190b000-0000-7000-8000-%012d", len(f.uploads))
	f.mu.Unlock()
	f.send(w, 200, service.AssetView{AssetID: id})
}

func (f *fake) download(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	data := f.files[r.URL.Path]
	cut := f.cut > 0
	f.cut--
	f.mu.Unlock()
	if cut {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data[:len(data)/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(data)
}

// inputs returns the inputs that were submitted, each idempotency key once.
func (f *fake) inputs() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, in := range f.inputsByKey {
		out = append(out, string(in))
	}
	return out
}

func onePNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lockedBuffer is an output that can be read concurrently.
type lockedBuffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	onWrite func()
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.onWrite != nil {
		b.onWrite()
	}
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
