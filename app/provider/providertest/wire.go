package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/hoist"
)

var update = flag.Bool("update", false, "write golden files anew")

// exchange is testdata/<case>/case.json: what is asked of the driver, and what
// the vendor answers.
type exchange struct {
	Operation string            `json:"operation"` // "gpt.generations"
	Model     string            `json:"model"`
	Input     json.RawMessage   `json:"input,omitempty"`  // to submit
	Ticket    *provider.Ticket  `json:"ticket,omitempty"` // or to poll
	Attrs     map[string]string `json:"attrs,omitempty"`  // of the account
	Status    int               `json:"status"`
	Header    map[string]string `json:"header,omitempty"`
	Body      json.RawMessage   `json:"body"` // JSON, or a string to be sent as it is
}

// request is testdata/<case>/request.json: what the driver sent.
type request struct {
	Method string            `json:"method"`
	Path   string            `json:"path"`
	Header map[string]string `json:"header"`
	Body   any               `json:"body,omitempty"`
}

// outcome is testdata/<case>/want.json: what the driver made of the answer.
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

// Wire runs every case in testdata. prepare may complete the account (its
// token endpoint is the recording server at base, path /token).
func Wire(t *testing.T, m module.Module, prepare func(base string, a *provider.Account)) {
	t.Helper()
	h, err := module.NewHost(m)
	if err != nil {
		t.Fatal(err)
	}
	dirs, err := filepath.Glob("testdata/*/case.json")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases in testdata: %v", err)
	}
	for _, file := range dirs {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) { run(t, h, dir, prepare) })
	}
}

func run(t *testing.T, h *module.Host, dir string, prepare func(string, *provider.Account)) {
	var x exchange
	read(t, filepath.Join(dir, "case.json"), &x)
	entry := h.Entry(x.Operation)
	if entry == nil {
		t.Fatalf("no operation %q", x.Operation)
	}
	var sent *request
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			_, _ = io.WriteString(w, `{"access_token":"token","token_type":"Bearer","expires_in":3600}`)
			return
		}
		sent = record(t, r)
		for k, v := range x.Header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(x.Status)
		var text string
		if json.Unmarshal(x.Body, &text) != nil {
			text = string(x.Body)
		}
		_, _ = io.WriteString(w, text)
	}))
	defer srv.Close()
	account := provider.Account{Vendor: entry.Routes[0].Vendor.Name, BaseURL: srv.URL, Secret: "secret-key", Variable: "TEST_KEY", Attrs: x.Attrs}
	if prepare != nil {
		prepare(srv.URL, &account)
	}
	account.Fingerprint = provider.Fingerprint(account.Secret + provider.Secret(srv.URL))
	call := provider.Call{
		Task: "task", Submit: "submit", Model: x.Model, Account: account, Inputs: pictures{},
		HTTP: &provider.Client{HTTP: provider.NewTransport(), Scratch: scratch{}},
	}
	got := drive(entry.Routes[0].Job, call, x)
	if sent != nil {
		golden(t, filepath.Join(dir, "request.json"), sent)
	}
	golden(t, filepath.Join(dir, "want.json"), got)
}

func drive(job module.Job, call provider.Call, x exchange) outcome {
	ctx := context.Background()
	var out outcome
	var err error
	if x.Ticket == nil {
		out.Ticket, out.Answer, err = job.Submit(ctx, call, x.Input)
	} else {
		call.Age = 1 << 40 // long ago
		var u provider.Update
		u, err = job.Poll(ctx, call, *x.Ticket)
		out.Phase = [...]string{"wait", "done", "failed", "stopped"}[u.Phase]
		out.Progress = u.Progress
		if u.Phase == provider.Done {
			out.Answer = &u.Answer
		}
		if u.Err != nil {
			err = u.Err
		}
	}
	if f := fault.From(err); f != nil {
		out.Fault = &faultView{Kind: f.Kind, Code: f.CodeText(), VendorCode: f.VendorCode, Message: f.Safe, Charged: f.Charged}
		if f.RetryAfter > 0 {
			out.Fault.RetryAfter = f.RetryAfter.String()
		}
	}
	return out
}

// record makes a request readable, and hides what differs from run to run.
func record(t *testing.T, r *http.Request) *request {
	q := &request{Method: r.Method, Path: r.URL.RequestURI(), Header: map[string]string{}}
	for _, name := range []string{"Authorization", "X-Key", "X-Client-Request-Id", "Content-Type"} {
		if v := r.Header.Get(name); v != "" {
			q.Header[name] = v
		}
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if strings.HasPrefix(kind, "multipart/") {
		q.Header["Content-Type"] = kind
		q.Body = parts(t, multipart.NewReader(r.Body, params["boundary"]))
		return q
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	if r.ContentLength != int64(len(data)) {
		t.Errorf("Content-Length %d, %d bytes came", r.ContentLength, len(data))
	}
	if len(data) > 0 {
		q.Body = json.RawMessage(data)
	}
	return q
}

func parts(t *testing.T, mr *multipart.Reader) []string {
	var out []string
	for {
		p, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Error(err)
			return out
		}
		data, _ := io.ReadAll(p)
		if p.FileName() != "" {
			out = append(out, fmt.Sprintf("%s: file %s, %s, %d bytes", p.FormName(), p.FileName(), p.Header.Get("Content-Type"), len(data)))
		} else {
			out = append(out, fmt.Sprintf("%s: %s", p.FormName(), data))
		}
	}
}

// pictures are the inputs of every case: one small file, by any id.
type pictures struct{}

func (pictures) Open(_ context.Context, img provider.Image) (provider.Input, error) {
	data := "bytes of " + string(img)
	return provider.Input{Name: string(img) + ".png", MIME: "image/png", Size: int64(len(data)), Width: 64, Height: 64,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(data)), nil }}, nil
}

// scratch throws lifted bytes away: a case's answer is small.
type scratch struct{}

type discard struct{ io.Writer }

func (discard) Close() error { return nil }

func (scratch) Create(int) (io.WriteCloser, error) { return discard{io.Discard}, nil }
func (scratch) Lifted([]hoist.Blob)                {}

func read(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		err = d.Decode(into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

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
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is not there; run with -update and read it", path)
	}
	if err != nil || !bytes.Equal(want, data) {
		t.Errorf("%s differs:\n%s", path, data)
	}
}

// Vendor is one of a module's vendors.
func Vendor(t *testing.T, m module.Module, name string) provider.Vendor {
	t.Helper()
	h, err := module.NewHost(m)
	if err != nil {
		t.Fatal(err)
	}
	v, ok := h.Vendors()[name]
	if !ok {
		t.Fatalf("no vendor %s", name)
	}
	return v
}
