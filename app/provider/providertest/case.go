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

// exchange is one folder of testdata: what is asked of a driver
// (input.json), and what the vendor answers to one request after the other
// (upstream_*.json, by name).
type exchange struct {
	Operation string            `json:"operation"`        // "gpt.generations"
	Vendor    string            `json:"vendor,omitempty"` // which of its routes; the first if empty
	Model     string            `json:"model"`
	Input     json.RawMessage   `json:"input,omitempty"`  // to submit; polls follow while there are answers left
	Ticket    *provider.Ticket  `json:"ticket,omitempty"` // or to poll
	Attrs     map[string]string `json:"attrs,omitempty"`  // of the account
	upstream  []upstream
}

// upstream is one answer of the vendor.
type upstream struct {
	Status int               `json:"status"` // 200 if left out
	Header map[string]string `json:"header,omitempty"`
	Body   json.RawMessage   `json:"body"` // JSON, or a string to be sent as it is
}

// cases are the folders of testdata.
func cases() ([]string, error) {
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
	caseFile  = "case.json" // the input and a single answer in one file
)

// load reads one folder.
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

// decode reads a JSON file that holds nothing unknown.
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

// player is the vendor of one exchange: it notes what comes and plays the
// answers in order.
type player struct {
	answers []upstream
	mu      sync.Mutex
	sent    []request
	faults  []error
}

// ServeHTTP implements [http.Handler].
func (p *player) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" { // for vendors that want one first
		_, _ = io.WriteString(w, `{"access_token":"token","token_type":"Bearer","expires_in":3600}`)
		return
	}
	q, err := record(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, q)
	if err != nil {
		p.faults = append(p.faults, err)
	}
	if len(p.sent) > len(p.answers) {
		p.faults = append(p.faults, fmt.Errorf("request %d has no answer: %s %s", len(p.sent), q.Method, q.Path))
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

// left is how many answers nobody has asked for.
func (p *player) left() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.answers) - len(p.sent)
}
