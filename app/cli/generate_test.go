package cli

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

func TestGenerateWritesTheResult(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	data := onePNG(t)
	f.add("toy-1_x_0.png", "image/png", data)
	price := 0.04
	f.states = []service.View{
		{Status: task.Submitting},
		{Status: task.Running, Progress: 0.5},
		{Status: task.Succeeded, Charged: fault.ChargedYes, Data: f.results, Sandbox: true, Cost: service.Cost{Actual: &price, Currency: "USD"}, Warnings: []string{"style was ignored"}},
	}
	file := filepath.Join(t.TempDir(), "fox.png")
	r := command(t, f.settings(), "generate", "toy", "a red fox", "--size", "large", "--n=2", "--tile", "-o", file)
	r.want(t, 0, "sent, waiting for the answer", "50 %", "style was ignored", "charged: yes", "no real money")
	if want := file + "  3x2  toy-1  0.04 USD  sandbox\n"; r.out != want {
		t.Errorf("output %q, want %q", r.out, want)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != string(data) {
		t.Errorf("the file holds %d bytes, %v", len(got), err)
	}
	if got, want := f.inputs(), []string{`{"n":2,"prompt":"a red fox","size":"large","tile":true}`}; !slices.Equal(got, want) {
		t.Errorf("submitted %q, want %q", got, want)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".aigc-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q %v", left, err)
	}
}

func TestGenerateTargets(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		results []string // name:type
		output  string   // below the test's folder
		want    []string
		warning string // expected on stderr
	}{
		{"a name", []string{"r.png:image/png"}, "fox.png", []string{"fox.png"}, ""},
		{"no extension", []string{"r.jpg:image/jpeg"}, "fox", []string{"fox.jpg"}, ""},
		{"a dot in the name", []string{"r.webp:image/webp"}, "fox.v2.webp", []string{"fox.v2.webp"}, ""},
		{"another type", []string{"r.webp:image/webp"}, "fox.png", []string{"fox.webp"}, "the result is image/webp, so it is not written to fox.png but to fox.webp"},
		{"another type, several", []string{"r.webp:image/webp", "s.png:image/png"}, "fox.png", []string{"fox-1.webp", "fox-2.png"}, "not written to fox-1.png but to fox-1.webp"},
		{"a video", []string{"r.mp4:video/mp4"}, "fox.gif", []string{"fox.mp4"}, "the result is video/mp4"},
		{"a dot and no extension", []string{"r.png:image/png"}, "fox.v2", []string{"fox.v2.png"}, ""},
		{"only an extension", []string{"r.png:image/png"}, ".png", []string{".png.png"}, ""},
		{"jpeg is jpg", []string{"r.jpg:image/jpeg"}, "fox.JPEG", []string{"fox.JPEG"}, ""},
		{"several", []string{"r.png:image/png", "s.png:image/png"}, "fox.png", []string{"fox-1.png", "fox-2.png"}, ""},
		{"several without an extension", []string{"r.png:image/png", "s.jpg:image/jpeg"}, "fox", []string{"fox-1.png", "fox-2.jpg"}, ""},
		{"a folder", []string{"r.png:image/png", "s.png:image/png"}, "", []string{"r.png", "s.png"}, ""},
		{"a new folder", []string{"r.mp4:video/mp4"}, "videos/", []string{"videos/r.mp4"}, ""},
		{"a link with ..", []string{"..%2F..%2Fevil:image/png"}, "", []string{"evil.png"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			for i, r := range tt.results {
				name, mime, _ := strings.Cut(r, ":")
				f.add(name, mime, []byte(name))
				f.files["/api/images/../../evil"] = f.files["/api/images/..%2F..%2Fevil"] // as a handler sees it
				f.results[i].AssetID = strings.ReplaceAll(f.results[i].AssetID, "/", "")
			}
			dir := t.TempDir()
			out := filepath.Join(dir, tt.output)
			if strings.HasSuffix(tt.output, "/") {
				out += "/"
			}
			r := command(t, f.settings(), "generate", "toy", "x", "-o", out)
			r.want(t, 0, tt.warning)
			var got []string
			err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
				if rel, _ := filepath.Rel(dir, p); !d.IsDir() {
					got = append(got, rel)
				}
				return err
			})
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("files %q, want %q (%v)", got, tt.want, err)
			}
		})
	}
}

// The extension of -o chooses the file format, if the operation has a field that knows it
// and the caller did not set it.
func TestGenerateFormat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		output string
		flags  []string
		want   string
	}{
		"jpg":           {"fox.jpg", nil, `{"output_format":"jpeg","prompt":"x"}`},
		"JPEG":          {"fox.JPEG", nil, `{"output_format":"jpeg","prompt":"x"}`},
		"webp":          {"fox.webp", nil, `{"output_format":"webp","prompt":"x"}`},
		"set":           {"fox.webp", []string{"--output-format", "jpeg"}, `{"output_format":"jpeg","prompt":"x"}`},
		"not supported": {"fox.png", nil, `{"prompt":"x"}`},
		"no extension":  {"fox", nil, `{"prompt":"x"}`},
	} {
		f := newFake(t)
		f.add("r.jpg", "image/jpeg", onePNG(t))
		args := append([]string{"generate", "toy", "x", "-o", filepath.Join(t.TempDir(), c.output)}, c.flags...)
		command(t, f.settings(), args...).want(t, 0)
		if got := f.inputs(); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: submitted %q, want %s", name, got, c.want)
		}
	}
}

// A file of the right name that exists is not overwritten: the caller named another.
func TestGenerateKeepsOtherFiles(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add("r.webp", "image/webp", []byte("new"))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fox.webp"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, f.settings(), "generate", "toy", "x", "-o", filepath.Join(dir, "fox.png")).want(t, 0, "to fox-2.webp")
	for name, want := range map[string]string{"fox.webp": "old", "fox-2.webp": "new"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
}

func TestGenerateToStandardOutput(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add("r.png", "image/png", onePNG(t))
	r := command(t, f.settings(), "generate", "toy", "x", "-o", "-")
	r.want(t, 0)
	if r.out != string(onePNG(t)) {
		t.Errorf("the output is not the image: %q", r.out)
	}
	f = newFake(t)
	f.add("r.png", "image/png", onePNG(t))
	f.add("s.png", "image/png", onePNG(t))
	r = command(t, f.settings(), "generate", "toy", "x", "-o", "-")
	r.want(t, 1, "aigc tasks wait "+taskID)
	if r.out != "" {
		t.Errorf("two images were written to one output: %q", r.out)
	}
}

// A reader that ends early, such as head, is not a server that does not answer. The result
// stays stored.
func TestGenerateToAClosedOutput(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add("r.png", "image/png", onePNG(t))
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	r := commandTo(t.Context(), f.settings(), strings.NewReader(""), out, "generate", "toy", "x", "-o", "-")
	r.want(t, 1, "the output was closed before all of it was written", "stored: http", "/r.png", "aigc tasks wait "+taskID)
	if strings.Contains(r.err, "does not answer") {
		t.Error(r.err)
	}
}

// A disk that is full is not a server that does not answer, either, and is not tried again.
func TestDownloadToAFullDisk(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full")
	}
	f := newFake(t)
	f.add("r.png", "image/png", onePNG(t))
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	err = newClient(f.URL, "").fetch(t.Context(), f.results[0], full)
	var unwritten *unwritten
	if !errors.As(err, &unwritten) || !strings.Contains(err.Error(), "it cannot be written: ") {
		t.Errorf("%v", err)
	}
}

func TestGenerateInputs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "fox.png")
	document := filepath.Join(dir, "input.json")
	for path, text := range map[string]string{file: "IMAGE", document: `{"prompt":"from the file","size":"large","n":3}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const id = "0190c000-0000-7000-8000-00000000abcd"
	const first = "0190b000-0000-7000-8000-000000000001"
	tests := []struct {
		name  string
		args  []string
		stdin string
		want  string
	}{
		{"a prompt", []string{"a fox"}, "", `{"prompt":"a fox"}`},
		{"a prompt by flag", []string{"--prompt", "a fox"}, "", `{"prompt":"a fox"}`},
		{"a field with the name of a flag", []string{"a fox", "--field-wait", "long"}, "", `{"prompt":"a fox","wait":"long"}`},
		{"a file of JSON", []string{"--input", document}, "", `{"n":3,"prompt":"from the file","size":"large"}`},
		{"flags over JSON", []string{"another", "--input", document, "--n", "1"}, "", `{"n":1,"prompt":"another","size":"large"}`},
		{"JSON from the standard input", []string{"--input", "-"}, `{"prompt":"piped"}`, `{"prompt":"piped"}`},
		{"a switch off", []string{"a fox", "--tile=false"}, "", `{"prompt":"a fox","tile":false}`},
		{"a file", []string{"x", "--operation", "edit", "--image", file}, "", `{"image":"` + first + `","prompt":"x"}`},
		{"the same file twice", []string{"x", "--operation", "edit", "--image", file, "--more-images", file}, "", `{"image":"` + first + `","more_images":["` + first + `"],"prompt":"x"}`},
		{"an asset and a link", []string{"x", "--operation", "toy.edit", "--image", id, "--more-images", "https://a.example/b.png", "--more-images", "data:image/png;base64,AAAA"}, "",
			`{"image":"` + id + `","more_images":["https://a.example/b.png","data:image/png;base64,AAAA"],"prompt":"x"}`},
		{"a file in JSON", []string{"--operation", "edit", "--input", "-"}, `{"prompt":"x","image":"` + file + `"}`, `{"image":"` + first + `","prompt":"x"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.add("r.png", "image/png", onePNG(t))
			args := append([]string{"generate", "toy", "-o", t.TempDir()}, tt.args...)
			r := commandWith(t.Context(), f.settings(), strings.NewReader(tt.stdin), args...)
			r.want(t, 0)
			if got := f.inputs(); !slices.Equal(got, []string{tt.want}) {
				t.Errorf("submitted %q, want %q", got, tt.want)
			}
			if strings.Contains(tt.want, first) && string(f.uploads["fox.png"]) != "IMAGE" {
				t.Errorf("uploaded %q", f.uploads)
			}
			if len(f.uploads) > 1 {
				t.Errorf("the same file was uploaded %d times", len(f.uploads))
			}
		})
	}
}

// A wrong command line is refused without a request to the server.
func TestGenerateUsage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"no module", nil, 2, []string{"name a module", "toy"}},
		{"unknown module", []string{"banana", "x", "--size", "3"}, 2, []string{`there is no module "banana"`, "toy"}},
		{"a model for a module", []string{"toy-1", "x"}, 2, []string{"aigc generate toy --model toy-1"}},
		{"a prompt without quotes", []string{"toy", "a", "fox"}, 2, []string{"put it in quotes"}},
		{"two prompts", []string{"toy", "a", "--prompt", "b"}, 2, []string{"the prompt is given twice"}},
		{"unknown flag", []string{"toy", "a", "--sise", "small"}, 2, []string{"unknown flag: --sise", "Try 'aigc generate toy --help'"}},
		{"unknown operation", []string{"toy", "a", "--operation", "paint"}, 2, []string{"use one of: draw, edit"}},
		{"a field of another operation", []string{"toy", "a", "--operation", "draw", "--image", "x"}, 2, []string{"--image is not a field of toy.draw"}},
		{"fields of two operations", []string{"toy", "a", "--image", "x", "--size", "small"}, 2, []string{"--image is not a field of toy.draw"}},
		{"JSON and the result on standard output", []string{"toy", "a", "--json", "-o", "-"}, 2, []string{"--json and -o - both write to the standard output"}},
		{"all faults", []string{"toy", "", "--size", "huge", "--n", "9"}, 2, []string{"3 faults", "--prompt: ", "--size: ", "--n: "}},
		{"no number", []string{"toy", "x", "--n", "many"}, 2, []string{"--n: expected integer"}},
		{"twice", []string{"toy", "x", "--n", "1", "--n", "2"}, 2, []string{"it may be given only once"}},
		{"no such file", []string{"toy", "x", "--operation", "edit", "--image", "nowhere.png"}, 2, []string{"--image: nowhere.png", "no such file"}},
		{"a folder for a file", []string{"toy", "x", "--operation", "edit", "--image", "."}, 2, []string{"--image: . is not a regular file"}},
		{"no JSON", []string{"toy", "--input", "-"}, 2, []string{"--input is empty"}},
		{"no such folder", []string{"toy", "x", "-o", "nowhere/fox.png"}, 1, []string{"results cannot be written to nowhere"}},
		{"a file without waiting", []string{"toy", "x", "-o", "fox.png", "--no-wait"}, 2, []string{"-o needs the result"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			command(t, f.settings(), append([]string{"generate"}, tt.args...)...).want(t, tt.code, tt.want...)
			if len(f.requests) > 0 {
				t.Errorf("the server was asked: %q", f.requests)
			}
		})
	}
}

func TestGenerateFailures(t *testing.T) {
	t.Parallel()
	refused := &service.ErrorView{Code: "content_refused", Message: "The vendor refuses the prompt.", VendorCode: "moderation_blocked"}
	tests := []struct {
		name string
		set  func(*fake)
		code int
		want []string
	}{
		{"refused", func(f *fake) {
			f.states = []service.View{{Status: task.Failed, Charged: fault.ChargedNo, Error: refused}}
		}, 1,
			[]string{"The vendor refuses the prompt.", "code: content_refused, vendor: moderation_blocked   charged: no   task: " + taskID, "change it"}},
		{"failed, and may be retried", func(f *fake) {
			f.states = []service.View{{Status: task.Failed, Charged: fault.ChargedYes, Error: &service.ErrorView{Code: "vendor_failed", Message: "It failed.", Retryable: true}}}
		}, 1, []string{"It failed.", "charged: yes", "a new purchase: aigc tasks retry " + taskID}},
		{"not in time", func(f *fake) {
			f.states = []service.View{{Status: task.Failed, Charged: fault.ChargedUnknown, Error: &service.ErrorView{Code: task.CodeDeadline, Message: "Not finished in time.", Retryable: true}}}
		}, 1, []string{"poll it again for free: aigc tasks resume " + taskID}},
		{"in doubt", func(f *fake) {
			f.states = []service.View{{Status: task.InDoubt, Charged: fault.ChargedUnknown, Error: &service.ErrorView{Code: "answer_lost", Message: "The answer was lost."}}}
		}, 3, []string{"the outcome is unknown: The answer was lost.", "charged: unknown", "aigc tasks retry " + taskID, "aigc tasks discard " + taskID}},
		{"canceled", func(f *fake) { f.states = []service.View{{Status: task.Canceled, Charged: fault.ChargedNo}} }, 1, []string{"The task was canceled."}},
		{"no API key", func(f *fake) { f.key = "secret" }, 1, []string{"Send an API key.", "set AIGC_API_KEY"}},
		{"no vendor key", func(f *fake) {
			f.refusal = &problem{Status: 503, Code: "no_vendor_key", Detail: "Toy has no key: set ACME_API_KEY.", Charged: fault.ChargedNo}
		}, 1, []string{"Toy has no key: set ACME_API_KEY. (no_vendor_key)"}},
		{"faults found by the server", func(f *fake) {
			f.refusal = &problem{Status: 422, Code: "invalid_input", Detail: "body.size: x; body.n: y", Errors: []fault.Detail{{Location: "body.size", Message: "too large for this model"}, {Location: "body.n", Message: "one at a time"}}}
		}, 1, []string{"2 faults", "--size: too large for this model", "--n: one at a time"}},
		{"no aigc", func(f *fake) { f.refusal = &problem{Status: 404} }, 1, []string{"does not seem to be aigc"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			tt.set(f)
			r := command(t, f.settings(), "generate", "toy", "x", "-o", t.TempDir())
			r.want(t, tt.code, tt.want...)
			if strings.Contains(r.err, "Usage:") || r.out != "" {
				t.Errorf("unexpected output: %q %q", r.out, r.err)
			}
		})
	}
}

func TestGenerateRepeatsALostRequest(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add("r.png", "image/png", onePNG(t))
	f.lose = 1
	command(t, f.settings(), "generate", "toy", "x", "-o", t.TempDir()).want(t, 0, "This idempotency key already belongs to task "+taskID)
	if n := len(f.inputs()); n != 1 {
		t.Errorf("%d purchases", n)
	}
	f.set(func() { f.lose = 100 })
	command(t, f.settings(), "generate", "toy", "x", "-o", t.TempDir(), "--idempotency-key", "mine").want(t, 1, "not known whether the server accepted", "--idempotency-key mine")
}

func TestGenerateWithoutAServer(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.Close()
	r := command(t, f.settings(), "generate", "toy", "x", "-o", t.TempDir())
	r.want(t, 1, "does not answer", "connection refused")
	if strings.Contains(r.err, "not known") {
		t.Errorf("nothing was sent, but it says: %s", r.err)
	}
}

func TestGenerateBrokenDownload(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add("r.png", "image/png", onePNG(t))
	f.cut = 2
	dir := t.TempDir()
	command(t, f.settings(), "generate", "toy", "x", "-o", dir).want(t, 0, "r.png")
	f.set(func() { f.cut = 100 })
	dir = t.TempDir()
	command(t, f.settings(), "generate", "toy", "x", "-o", dir).want(t, 1, "the result is stored, but could not be downloaded", "aigc tasks wait "+taskID)
	f.set(func() { f.cut, f.files["/api/images/r.png"] = 0, []byte("something else") })
	command(t, f.settings(), "generate", "toy", "x", "-o", dir).want(t, 1, "differs from the stored result")
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestGenerateNoWait(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	r := command(t, f.settings(), "generate", "toy", "x", "--no-wait")
	r.want(t, 0, "Get its result: aigc tasks wait "+taskID)
	if r.out != taskID+"\n" {
		t.Errorf("output %q", r.out)
	}
	for _, path := range f.requests {
		if strings.HasPrefix(path, "GET") {
			t.Errorf("it read the task: %s", path)
		}
	}
}

func TestGenerateJSON(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add("r.png", "image/png", onePNG(t))
	file := filepath.Join(t.TempDir(), "fox.png")
	r := command(t, f.settings(), "generate", "toy", "x", "--json", "-o", file)
	r.want(t, 0)
	var got struct {
		TaskID string   `json:"task_id"`
		Status string   `json:"status"`
		Files  []string `json:"files"`
	}
	if err := json.Unmarshal([]byte(r.out), &got); err != nil || got.TaskID != taskID || got.Status != "succeeded" || !slices.Equal(got.Files, []string{file}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestGenerateInterrupted(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.states = []service.View{{Status: task.Running}}
	ctx, cancel := context.WithCancel(t.Context())
	f.onRead = cancel
	r := commandWith(ctx, f.settings(), strings.NewReader(""), "generate", "toy", "x", "-o", filepath.Join(t.TempDir(), "a fox"))
	r.want(t, 130, "Interrupted. The task goes on at the server.", "aigc tasks wait "+taskID+" -o '")
}
