package providertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"aigc/app/provider"
)

// exchange is one folder of testdata: the call of a driver (input.json), and the
// vendor's answers to its requests in order (upstream_*.json, sorted by name).
type exchange struct {
	Operation string            `json:"operation"`        // "gpt.generations"
	Vendor    string            `json:"vendor,omitempty"` // which of its routes; empty: the first
	Model     string            `json:"model"`
	Input     json.RawMessage   `json:"input,omitempty"`  // submitted, then polled while answers are left
	Ticket    *provider.Ticket  `json:"ticket,omitempty"` // or only polled
	Attrs     map[string]string `json:"attrs,omitempty"`  // of the account
	upstream  []upstream
}

// upstream is one answer of the vendor.
type upstream struct {
	Status int               `json:"status"` // default 200
	Header map[string]string `json:"header,omitempty"`
	Body   json.RawMessage   `json:"body"` // JSON, or a string that is sent as the body
}

// caseDirs are the folders of testdata that hold an exchange.
func caseDirs() ([]string, error) {
	var dirs []string
	for _, name := range []string{inputFile, caseFile} {
		files, err := filepath.Glob(filepath.Join("testdata", "*", name))
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			dirs = append(dirs, filepath.Dir(f))
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs), nil
}

const (
	inputFile = "input.json"
	caseFile  = "case.json" // instead of it: the input and a single answer
)

// load reads the exchange of a folder.
func load(dir string) (exchange, error) {
	var single struct {
		exchange
		upstream
	}
	if err := decode(filepath.Join(dir, caseFile), &single); !errors.Is(err, fs.ErrNotExist) {
		single.exchange.upstream = []upstream{single.upstream}
		return single.exchange, err
	}
	var x exchange
	if err := decode(filepath.Join(dir, inputFile), &x); err != nil {
		return x, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "upstream_*.json")) // sorted
	for _, f := range files {
		var u upstream
		if err := decode(f, &u); err != nil {
			return x, err
		}
		x.upstream = append(x.upstream, u)
	}
	return x, err
}

// decode reads a JSON file; unknown fields are an error.
func decode(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// replayServer is the vendor of one exchange: it records requests and gives the recorded
// answers in order.
type replayServer struct {
	answers []upstream
	mu      sync.Mutex
	sent    []request // received from the driver
	errs    []error
}

// ServeHTTP implements [http.Handler].
func (p *replayServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" { // an OAuth token endpoint, for vendors that need one
		_, _ = io.WriteString(w, `{"access_token":"token","token_type":"Bearer","expires_in":3600}`)
		return
	}
	q, err := describeRequest(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, q)
	if err != nil {
		p.errs = append(p.errs, err)
	}
	if len(p.sent) > len(p.answers) {
		p.errs = append(p.errs, fmt.Errorf("no recorded answer to request %d: %s %s", len(p.sent), q.Method, q.Path))
		http.Error(w, "no answer", http.StatusTeapot)
		return
	}
	u := p.answers[len(p.sent)-1]
	for k, v := range u.Header {
		w.Header().Set(k, v)
	}
	if u.Status != 0 {
		w.WriteHeader(u.Status)
	}
	var text string
	if json.Unmarshal(u.Body, &text) != nil {
		text = string(u.Body)
	}
	_, _ = io.WriteString(w, text)
}

// left is the number of answers not given yet.
func (p *replayServer) left() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.answers) - len(p.sent)
}
