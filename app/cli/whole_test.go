package cli

import (
	"context"
	"encoding/json"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aigc/app"
	"aigc/app/apptest"
	"aigc/app/module"
	"aigc/app/sandbox"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/config"
	"aigc/modules"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// runProgram runs a command of the complete program in this process: real modules,
// real server, sandbox.
func runProgram(ctx context.Context, l *config.Settings, args ...string) result {
	var out, errs lockedBuffer
	c := &cli{Streams: Streams{strings.NewReader(""), &out, &errs}, modules: modules.All(), imitations: modules.Sandboxes()}
	c.load = func(*module.Registry) (*config.Settings, error) { return l, nil }
	code := c.run(ctx, args)
	return result{code, out.String(), errs.String()}
}

// purchases returns the number of purchases in a data folder's sandbox, by task.
func purchases(t *testing.T, dir string) map[string]int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "sandbox", "till.jsonl"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	out := map[string]int{}
	for line := range strings.Lines(string(data)) {
		var s sandbox.Purchase
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		out[s.Task]++
	}
	return out
}

func decode(t *testing.T, file string) (image.Config, string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, format, err := image.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return image.Config{Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}, format
}

// listed returns the tasks of `aigc tasks list`.
func listed(t *testing.T, l *config.Settings, args ...string) []*service.View {
	t.Helper()
	r := runProgram(t.Context(), l, append([]string{"tasks", "list", "--json"}, args...)...)
	r.want(t, 0)
	var page service.Page
	if err := json.Unmarshal([]byte(r.out), &page); err != nil {
		t.Fatalf("%v: %s", err, r.out)
	}
	return page.Tasks
}

func TestGenerateInThisProcess(t *testing.T) {
	t.Parallel()
	l := settings(t)
	dir := t.TempDir()
	fox := filepath.Join(dir, "fox.png")
	runProgram(t.Context(), l, "generate", "gpt", "a red fox", "-o", fox).want(t, 0, fox+"  1024x1024  gpt-image-2", "sandbox")
	if got, format := decode(t, fox); format != "png" || got.Width != 1024 || got.Height != 1024 {
		t.Errorf("%s of %dx%d", format, got.Width, got.Height)
	}
	// The input is a local file; the result has another type.
	edit := filepath.Join(dir, "edit")
	runProgram(t.Context(), l, "generate", "gpt", "in snow", "--operation", "edits", "--image", fox, "--output-format", "jpeg", "-o", edit).want(t, 0, edit+".jpg")
	if _, format := decode(t, edit+".jpg"); format != "jpeg" {
		t.Errorf("the edit is %s", format)
	}
	tasks := listed(t, l)
	if len(tasks) != 2 || tasks[0].Status != task.Succeeded || !tasks[0].Sandbox {
		t.Fatalf("tasks: %+v", tasks)
	}
	again := filepath.Join(dir, "again.png")
	runProgram(t.Context(), l, "tasks", "wait", tasks[1].TaskID, "-o", again).want(t, 0, again)
	if a, b := read(t, fox), read(t, again); a != b {
		t.Error("the result downloaded later differs")
	}
	runProgram(t.Context(), l, "tasks", "get", tasks[1].TaskID).want(t, 0, "succeeded", "gpt.generations", "1024x1024")
	events := runProgram(t.Context(), l, "tasks", "events", tasks[1].TaskID)
	events.want(t, 0, "queued", "submitting", "storing", "succeeded")
	if n := strings.Count(events.out, "\n"); n != 4 {
		t.Errorf("%d events:\n%s", n, events.out)
	}
	for id, n := range purchases(t, l.DataDir) {
		if n != 1 {
			t.Errorf("task %s was purchased %d times", id, n)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestDoubtAndRetryInThisProcess(t *testing.T) {
	t.Parallel()
	l := settings(t)
	out := t.TempDir()
	runProgram(t.Context(), l, "generate", "gpt", "a fox [[refuse]]", "-o", out).want(t, 1, "content_refused", "charged: no", "change it")
	runProgram(t.Context(), l, "generate", "gpt", "a fox [[drop]]", "-o", out).want(t, 3, "the outcome is unknown", "charged: unknown", "aigc tasks retry")
	id := listed(t, l, "--status", "in_doubt")[0].TaskID
	runProgram(t.Context(), l, "doctor").want(t, 0, "1 task(s) are in doubt")
	first := runProgram(t.Context(), l, "tasks", "retry", id)
	first.want(t, 0, "aigc tasks wait")
	second := runProgram(t.Context(), l, "tasks", "retry", id)
	if first.out != second.out || strings.TrimSpace(first.out) == id {
		t.Errorf("a second retry returned another task: %q and %q", first.out, second.out)
	}
	runProgram(t.Context(), l, "tasks", "wait", strings.TrimSpace(first.out), "-o", out).want(t, 3)
	runProgram(t.Context(), l, "tasks", "discard", strings.TrimSpace(first.out)).want(t, 0, "Discarded.")
	runProgram(t.Context(), l, "tasks", "cancel", id).want(t, 0, "the task has ended already")
	runProgram(t.Context(), l, "tasks", "discard", id).want(t, 1, "not_discardable")
	runProgram(t.Context(), l, "tasks", "get", "nonsense").want(t, 1, "task_not_found")
	runProgram(t.Context(), l, "tasks", "list", "--status", "banana").want(t, 2, "--status: ")
	if files, err := os.ReadDir(out); err != nil || len(files) > 0 {
		t.Errorf("files without a result: %v %v", files, err)
	}
}

// The answer of a task that could not be used is downloaded to a file, a folder or standard
// output, and deleted.
func TestKeptAnswerInThisProcess(t *testing.T) {
	t.Parallel()
	l := settings(t)
	out := t.TempDir()
	runProgram(t.Context(), l, "generate", "gpt", "a fox [[text]]", "-o", out).want(t, 3, "The vendor's answer is kept", "aigc tasks answer")
	id := listed(t, l, "--status", "in_doubt")[0].TaskID
	runProgram(t.Context(), l, "tasks", "get", id).want(t, 0, "answer-"+id+".txt", "aigc tasks answer "+id)
	const want = "Your image is ready. Thank you for your purchase."
	file := filepath.Join(out, "mine.txt")
	runProgram(t.Context(), l, "tasks", "answer", id, "-o", file).want(t, 0, file)
	runProgram(t.Context(), l, "tasks", "answer", id, "-o", out+"/").want(t, 0)
	for _, name := range []string{file, filepath.Join(out, "answer-"+id+".txt")} {
		if got := read(t, name); got != want {
			t.Errorf("%s has %q", name, got)
		}
	}
	if r := runProgram(t.Context(), l, "tasks", "answer", id, "-o", "-"); r.code != 0 || r.out != want {
		t.Errorf("standard output: %d %q", r.code, r.out)
	}
	runProgram(t.Context(), l, "tasks", "answer", id, "-o", file, "--delete").want(t, 1, "delete")
	runProgram(t.Context(), l, "tasks", "answer", id, "--delete").want(t, 0)
	runProgram(t.Context(), l, "tasks", "answer", id, "--delete").want(t, 1, "answer_not_found")
	runProgram(t.Context(), l, "tasks", "answer", id, "-o", "-").want(t, 1, "answer_not_found")
}

// A command on the data folder needs no key, even where callers do.
func TestKeysInThisProcess(t *testing.T) {
	t.Parallel()
	l := settings(t)
	runProgram(t.Context(), l, "keys", "add", "ann").want(t, 0)
	runProgram(t.Context(), l, "generate", "gpt", "a fox", "-o", t.TempDir()).want(t, 0, "sandbox")
	l.APIKey = "aigc_wrong-key"
	runProgram(t.Context(), l, "generate", "gpt", "a fox", "-o", t.TempDir()).want(t, 1, "key_unknown")
}

// startServer runs `aigc all` in this process until the test ends, and returns once it
// listens.
func startServer(t *testing.T, l *config.Settings) *app.LockOwner {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan result, 1)
	go func() { done <- runProgram(ctx, l, "all") }()
	t.Cleanup(func() {
		cancel()
		if r := <-done; r.code != 0 {
			t.Errorf("aigc all ended with %d: %s", r.code, r.err)
		}
	})
	var h *app.LockOwner
	apptest.Eventually(t, 20*time.Second, func() error {
		if h = app.Running(l.DataDir); h == nil {
			return context.DeadlineExceeded
		}
		return nil
	})
	return h
}

func TestAgainstARunningServer(t *testing.T) {
	t.Parallel()
	l := settings(t)
	h := startServer(t, l)
	dir := t.TempDir()
	fox := filepath.Join(dir, "fox.png")
	runProgram(t.Context(), l, "generate", "gpt", "a red fox", "-o", fox).want(t, 0, fox)
	decode(t, fox)
	runProgram(t.Context(), l, "doctor").want(t, 0, "aigc all (process", "answers at "+h.URL)
	runProgram(t.Context(), l, "doctor", "--ready").want(t, 0, "ready")
	runProgram(t.Context(), l, "all").want(t, 1, "is in use by aigc all")

	r := runProgram(t.Context(), l, "generate", "gpt", "a fox [[slow 1s]]", "--no-wait")
	r.want(t, 0)
	id := strings.TrimSpace(r.out)
	runProgram(t.Context(), l, "tasks", "cancel", id).want(t, 0, "the request was sent already")
	runProgram(t.Context(), l, "tasks", "events", "-f", id).want(t, 0, "succeeded")

	// A command without the data folder needs a key.
	key := strings.TrimSpace(runProgram(t.Context(), l, "keys", "add", "ann").out)
	remote := settings(t)
	remote.URL = h.URL
	apptest.Eventually(t, 10*time.Second, func() error { // keys are cached for 2 s
		if r := runProgram(t.Context(), remote, "tasks", "list"); !strings.Contains(r.err, "set AIGC_API_KEY") || r.code != 1 {
			return context.DeadlineExceeded
		}
		return nil
	})
	remote.APIKey = "aigc_wrong-key"
	runProgram(t.Context(), remote, "doctor").want(t, 1, "AIGC_URL")
	if err := remote.APIKey.Decode(key); err != nil {
		t.Fatal(err)
	}
	runProgram(t.Context(), remote, "doctor").want(t, 0, "accepts the key")
	runProgram(t.Context(), remote, "generate", "gpt", "ann's fox", "-o", dir).want(t, 0, dir)
	if tasks := listed(t, remote); len(tasks) != 1 {
		t.Errorf("ann sees %d tasks, and has one", len(tasks))
	}
	if files, err := filepath.Glob(filepath.Join(remote.DataDir, "*")); err != nil || len(files) > 0 {
		t.Errorf("a command for a remote server wrote to the data folder: %q %v", files, err)
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	l := settings(t)
	startServer(t, l)
	out := t.TempDir()
	runProgram(t.Context(), l, "generate", "gpt", "a fox", "--idempotency-key", "one", "-o", out).want(t, 0)
	runProgram(t.Context(), l, "generate", "gpt", "a fox", "--idempotency-key", "one", "-o", out).want(t, 0, "This idempotency key already belongs to task")
	runProgram(t.Context(), l, "generate", "gpt", "another", "--idempotency-key", "one", "-o", out).want(t, 1, "idempotency")
	if n := purchases(t, l.DataDir); len(n) != 1 {
		t.Errorf("purchases: %v", n)
	}
}

// Two concurrent commands on one folder run one after the other.
func TestTwoCommandsOnOneFolder(t *testing.T) {
	t.Parallel()
	l := settings(t)
	results := make(chan result, 2)
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		go func() {
			results <- runProgram(t.Context(), l, "generate", "gpt", "fox "+name+" [[slow 1s]]", "-o", filepath.Join(dir, name))
		}()
	}
	for range 2 {
		r := <-results
		r.want(t, 0)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("files: %v %v", files, err)
	}
}

// Each module has a command with its help, and a default model.
func TestEveryModuleHasACommand(t *testing.T) {
	t.Parallel()
	for _, m := range modules.All() {
		name := m.Spec().Name
		r := runProgram(t.Context(), settings(t), "generate", name, "--help")
		r.want(t, 0, "--output", "--idempotency-key", "Operations:")
		list := runProgram(t.Context(), settings(t), "models", name)
		list.want(t, 0, name+".", " *")
	}
}
