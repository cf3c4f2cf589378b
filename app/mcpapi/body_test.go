package mcpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/strictjson"
)

// noise is a reader of pseudo-random bytes.
type noise struct {
	left  int64
	state uint32
}

func (n *noise) Read(p []byte) (int, error) {
	if n.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), n.left)]
	for i := range p {
		n.state = n.state*1664525 + 1013904223
		p[i] = byte(n.state >> 24)
	}
	n.left -= int64(len(p))
	return len(p), nil
}

// base64Stream is n bytes of noise in base64.
func base64Stream(n int64) io.Reader {
	r, w := io.Pipe()
	go func() {
		e := base64.NewEncoder(base64.StdEncoding, w)
		_, err := io.CopyBuffer(struct{ io.Writer }{e}, &noise{left: n}, make([]byte, 30<<10))
		_ = e.Close()
		_ = w.CloseWithError(err)
	}()
	return r
}

func sumOf(n int64) string {
	h := sha256.New()
	_, _ = io.Copy(h, &noise{left: n})
	return fmt.Sprintf("%x", h.Sum(nil))
}

const uploadHead = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"upload_file","arguments":{"name":"fox.png","file":"data:image/png;base64,`

// A file of 20 MB in an argument is received in constant memory.
func TestLargeArgumentInConstantMemory(t *testing.T) { // not parallel: it measures allocations
	const size = 20 << 20
	f := newFake(t)
	r := start(t, f)
	want := sumOf(size)
	one := func(size int64) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/mcp", io.MultiReader(strings.NewReader(uploadHead), base64Stream(size), strings.NewReader(`"}}}`)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	one(1 << 20) // warm up pools and connections
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := one(size)
	runtime.ReadMemStats(&after)
	if !strings.Contains(got, want) || !strings.Contains(got, fmt.Sprint(size)) {
		t.Fatalf("%.500s", got)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > size/4 {
		t.Errorf("%d bytes were allocated for a file of %d", n, size)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.dropped) < 2 || len(f.used) != 2 {
		t.Errorf("dropped %v, used %v", f.dropped, f.used)
	}
}

// long is base64 of n bytes, long enough to be extracted.
func long(n int64) string {
	text, _ := io.ReadAll(base64Stream(n))
	return string(text)
}

func TestFilesInArguments(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.limit = 1 << 20
	c := start(t, f).connect(t, nil, "")
	good, cut := long(100_000), long(100_000)[:100_001]
	for name, tc := range map[string]struct {
		args map[string]any
		used int
		code string
		want []string
	}{
		"two images":     {map[string]any{"prompt": "x", "image": good, "images": []string{"http://h/a.png", "data:image/png;base64," + good}}, 2, "", nil},
		"bad base64":     {map[string]any{"prompt": "x", "image": cut, "images": []string{good, cut}}, 0, "invalid_base64", nil},
		"a file as text": {map[string]any{"prompt": good, "frame": map[string]any{"width": good}}, 0, "invalid_input", []string{"frame.width: expected integer", "prompt: expected length <= 1000"}},
		"over the limit": {map[string]any{"prompt": "x", "image": long(f.limit + 1)}, 0, "file_too_large", nil},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(f.used)
			a := c.call("create_toy_image", tc.args)
			if a.IsError != (tc.code != "") || len(f.used)-before != tc.used {
				t.Fatalf("%s; %d files were used", a.text, len(f.used)-before)
			}
			if tc.code != "" {
				a.want(t, map[string]any{"code": tc.code, "charged": "no"})
			}
			if !reflect.DeepEqual(a.faults(), tc.want) {
				t.Errorf("%v", a.faults())
			}
		})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for ref, l := range f.uploads {
		if !l.closed && !l.aborted || !strings.Contains(strings.Join(f.dropped, " "), ref) {
			t.Errorf("an upload was neither closed nor discarded: %+v", l)
		}
	}
}

func TestTooManyFiles(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := start(t, f).connect(t, nil, "")
	images := make([]string, maxFiles+1)
	for i := range images {
		images[i] = long(60_000)
	}
	a := c.call("create_toy_image", map[string]any{"prompt": "x", "images": images})
	a.want(t, map[string]any{"code": "too_many_files"})
	if len(f.uploads) != maxFiles+1 || len(f.used) != 0 {
		t.Errorf("%d uploads were started", len(f.uploads))
	}
}

func TestInvalidBodies(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.bodyIdle = 2 * time.Second
	r := start(t, f, func(c *Config) { c.maxBody = 8 << 20 })
	slow, _ := io.Pipe()
	for name, tc := range map[string]struct {
		body   io.Reader
		status int
		rpc    float64
		code   string
	}{
		"empty":            {strings.NewReader(""), 400, -32700, "not_json"},
		"no JSON":          {strings.NewReader("fox"), 400, -32700, "not_json"},
		"GBK":              {strings.NewReader("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"create_toy_image\",\"arguments\":{\"prompt\":\"\xba\xec\"}}}"), 400, -32700, "invalid_input"},
		"GBK, broken JSON": {strings.NewReader("{\"a\":\"\x95\\\"}"), 400, -32700, "invalid_input"},
		"half a pair":      {strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"\ud83e"}}}`), 400, -32700, "invalid_input"},
		"a key twice":      {strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"a","prompt":"b"}}}`), 400, -32700, "invalid_input"},
		"UTF-16":           {strings.NewReader("\xff\xfe{\x00}\x00"), 400, -32600, "utf16"},
		"cut off":          {strings.NewReader(uploadHead + long(100_000)), 400, -32700, "not_json"},
		"a large document": {strings.NewReader(`{"a":"` + strings.Repeat("once upon a time ", 300_000) + `"}`), 413, codeServerError, "document_too_large"},
		"a large body":     {io.MultiReader(strings.NewReader(uploadHead), base64Stream(8<<20)), 413, codeServerError, "body_too_large"},
		"a stalled body":   {io.MultiReader(strings.NewReader(`{"jsonrpc`), slow), 408, codeServerError, "body_too_slow"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/mcp", tc.body)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Accept", "application/json, text/event-stream")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			var e struct {
				Error struct {
					Code float64
					Data toolError
				}
			}
			if err := json.NewDecoder(res.Body).Decode(&e); err != nil || res.StatusCode != tc.status || e.Error.Code != tc.rpc || e.Error.Data.Code != tc.code {
				t.Errorf("%s, %+v, %v", res.Status, e, err)
			}
		})
	}
}

// The time limit of a body does not apply to the answer.
func TestBodyTimeoutDoesNotLimitAnswer(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = "running"
	f.bodyIdle = 20 * time.Millisecond
	r := start(t, f, func(c *Config) { c.Wait = 200 * time.Millisecond })
	c := r.connect(t, nil, "")
	c.call("create_toy_image", map[string]any{"prompt": "x"}).want(t, map[string]any{"status": "running"})
	if len(f.abandoned) > 0 {
		t.Error("the wait ended as if the caller had disconnected")
	}
}

// Faults of text have the locations that the tool's schema has.
func TestTextFaultLocations(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"{\"params\":{\"arguments\":{\"prompt\":\"\xff\"}}}":                 "body.prompt",
		"[1,{\"params\":{\"arguments\":{\"images\":[\"x\",\"\xff\"]}}}]":     "body.images[1]",
		"{\"params\":{\"name\":\"\xff\"}}":                                   "body.params.name",
		"{\"params\":{\"arguments\":{\"arguments\":{\"prompt\":\"\xff\"}}}}": "body.arguments.prompt",
	} {
		if f := fault.From(textFault(strictjson.Check([]byte(in)))); len(f.Details) != 1 || f.Details[0].Location != want || !strings.HasPrefix(f.Message, want) {
			t.Errorf("%q: %v", in, f)
		}
	}
}

// Files are taken in the arguments that the tools' schemas have for them, nowhere else.
func TestFileArguments(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := New(Config{Service: f})
	file := long(8000)
	for name, tc := range map[string]struct {
		message string
		files   int
	}{
		"an argument":       {`{"params":{"arguments":{"image":"%s"}}}`, 1},
		"a list":            {`{"params":{"arguments":{"images":["%s","%s"],"prompt":"%s"}}}`, 2},
		"the upload's":      {`{"params":{"arguments":{"file":"%s"},"name":"upload_file"}}`, 1},
		"the quote's":       {`{"params":{"arguments":{"tool":"create_toy_image","arguments":{"image":"%s","prompt":"%s"}}}}`, 1},
		"in a batch":        {`[{"params":{"arguments":{"image":"%s"}}},{"params":{"arguments":{"image":"%s"}}}]`, 2},
		"a byte order mark": {"\ufeff" + `{"params":{"arguments":{"image":"%s"}}}`, 1},
		"text":              {`{"params":{"arguments":{"prompt":"%s","model":"data:image/png;base64,%s"}}}`, 0},
		"a level too deep":  {`{"params":{"arguments":{"frame":{"image":"%s"}}}}`, 0},
		"beside them":       {`{"image":"%s","params":{"image":"%s","meta":{"arguments":{"image":"%s"}}}}`, 0},
		"a name":            {`{"params":{"name":"%s"}}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := strings.ReplaceAll(tc.message, "%s", file)
			u := newUploads(f, nil)
			doc, err := u.read(t.Context(), strings.NewReader(in), s.isFileArgument)
			if err != nil || strings.Count(string(doc), "lifted:") != tc.files || len(u.refsIn(doc)) != tc.files {
				t.Errorf("%v, %d files: %.300s", err, len(u.refs), doc)
			}
			u.close()
		})
	}
}
