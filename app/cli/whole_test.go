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

// whole runs a command of the whole program: the real modules, the real
// server, the sandbox.
func whole(ctx context.Context, l *config.Settings, args ...string) result {
	var out, errs lockedBuffer
	c := &cli{Streams: Streams{strings.NewReader(""), &out, &errs}, modules: modules.All(), imitations: modules.Sandboxes()}
	c.load = func(*module.Registry) (*config.Settings, error) { return l, nil }
	code := c.run(ctx, args)
	return result{code, out.String(), errs.String()}
}

// purchases are what the sandbox of a data folder has sold, by task.
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

// listed are the tasks that `aigc tasks list` shows.
func listed(t *testing.T, l *config.Settings, args ...string) []*service.View {
	t.Helper()
	r := whole(t.Context(), l, append([]string{"tasks", "list", "--json"}, args...)...)
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
	whole(t.Context(), l, "generate", "gpt", "a red fox", "-o", fox).want(t, 0, fox+"  1024x1024  gpt-image-2", "sandbox")
	if got, format := decode(t, fox); format != "png" || got.Width != 1024 || got.Height != 1024 {
		t.Errorf("%s of %dx%d", format, got.Width, got.Height)
	}
	// A picture of the machine goes in, another type comes out.
	edit := filepath.Join(dir, "edit")
	whole(t.Context(), l, "generate", "gpt", "in snow", "--operation", "edits", "--image", fox, "--output-format", "jpeg", "-o", edit).want(t, 0, edit+".jpg")
	if _, format := decode(t, edit+".jpg"); format != "jpeg" {
		t.Errorf("the edit is %s", format)
	}
	tasks := listed(t, l)
	if len(tasks) != 2 || tasks[0].Status != task.Succeeded || !tasks[0].Sandbox {
		t.Fatalf("tasks: %+v", tasks)
	}
	again := filepath.Join(dir, "again.png")
	whole(t.Context(), l, "tasks", "wait", tasks[1].TaskID, "-o", again).want(t, 0, again)
	if a, b := read(t, fox), read(t, again); a != b {
		t.Error("the result fetched later is another one")
	}
	whole(t.Context(), l, "tasks", "get", tasks[1].TaskID).want(t, 0, "succeeded", "gpt.generations", "1024x1024")
	events := whole(t.Context(), l, "tasks", "events", tasks[1].TaskID)
	events.want(t, 0, "queued", "submitting", "storing", "succeeded")
	if n := strings.Count(events.out, "\n"); n != 4 {
		t.Errorf("%d events:\n%s", n, events.out)
	}
	for id, n := range purchases(t, l.DataDir) {
		if n != 1 {
			t.Errorf("task %s was bought %d times", id, n)
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
	whole(t.Context(), l, "generate", "gpt", "a fox [[refuse]]", "-o", out).want(t, 1, "content_refused", "charged: no", "change it")
	whole(t.Context(), l, "generate", "gpt", "a fox [[drop]]", "-o", out).want(t, 3, "the outcome is unknown", "charged: unknown", "aigc tasks retry")
	id := listed(t, l, "--status", "in_doubt")[0].TaskID
	whole(t.Context(), l, "doctor").want(t, 0, "1 task(s) are in doubt")
	first := whole(t.Context(), l, "tasks", "retry", id)
	first.want(t, 0, "aigc tasks wait")
	second := whole(t.Context(), l, "tasks", "retry", id)
	if first.out != second.out || strings.TrimSpace(first.out) == id {
		t.Errorf("a second retry brought another task: %q and %q", first.out, second.out)
	}
	whole(t.Context(), l, "tasks", "wait", strings.TrimSpace(first.out), "-o", out).want(t, 3)
	whole(t.Context(), l, "tasks", "discard", strings.TrimSpace(first.out)).want(t, 0, "Given up.")
	whole(t.Context(), l, "tasks", "cancel", id).want(t, 0, "it has ended already")
	whole(t.Context(), l, "tasks", "discard", id).want(t, 1, "not_discardable")
	whole(t.Context(), l, "tasks", "get", "nonsense").want(t, 1, "task_not_found")
	whole(t.Context(), l, "tasks", "list", "--status", "banana").want(t, 1, "--status: ")
	if files, err := os.ReadDir(out); err != nil || len(files) > 0 {
		t.Errorf("files without a result: %v %v", files, err)
	}
}

// Keys of callers do not keep the owner of the folder out.
func TestKeysInThisProcess(t *testing.T) {
	t.Parallel()
	l := settings(t)
	whole(t.Context(), l, "keys", "add", "ann").want(t, 0)
	whole(t.Context(), l, "generate", "gpt", "a fox", "-o", t.TempDir()).want(t, 0, "sandbox")
	l.APIKey = "aigc_wrong-key"
	whole(t.Context(), l, "generate", "gpt", "a fox", "-o", t.TempDir()).want(t, 1, "key_unknown")
}

// serving runs `aigc all` in this process until the test ends, and returns
// when it listens.
func serving(t *testing.T, l *config.Settings) *app.LockOwner {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan result, 1)
	go func() { done <- whole(ctx, l, "all") }()
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
	h := serving(t, l)
	dir := t.TempDir()
	fox := filepath.Join(dir, "fox.png")
	whole(t.Context(), l, "generate", "gpt", "a red fox", "-o", fox).want(t, 0, fox)
	decode(t, fox)
	whole(t.Context(), l, "doctor").want(t, 0, "aigc all (process", "answers at "+h.URL)
	whole(t.Context(), l, "doctor", "--ready").want(t, 0, "ready")
	whole(t.Context(), l, "all").want(t, 1, "is in use by aigc all")

	r := whole(t.Context(), l, "generate", "gpt", "a fox [[slow 1s]]", "--no-wait")
	r.want(t, 0)
	id := strings.TrimSpace(r.out)
	whole(t.Context(), l, "tasks", "cancel", id).want(t, 0, "it was sent already")
	whole(t.Context(), l, "tasks", "events", "-f", id).want(t, 0, "succeeded")

	// By its address alone, with a key.
	key := strings.TrimSpace(whole(t.Context(), l, "keys", "add", "ann").out)
	far := settings(t)
	far.URL = h.URL
	apptest.Eventually(t, 10*time.Second, func() error { // keys are remembered for a moment
		if r := whole(t.Context(), far, "tasks", "list"); !strings.Contains(r.err, "set AIGC_API_KEY") || r.code != 1 {
			return context.DeadlineExceeded
		}
		return nil
	})
	far.APIKey = "aigc_wrong-key"
	whole(t.Context(), far, "doctor").want(t, 1, "AIGC_URL")
	if err := far.APIKey.Decode(key); err != nil {
		t.Fatal(err)
	}
	whole(t.Context(), far, "doctor").want(t, 0, "takes the key")
	whole(t.Context(), far, "generate", "gpt", "ann's fox", "-o", dir).want(t, 0, dir)
	if tasks := listed(t, far); len(tasks) != 1 {
		t.Errorf("ann sees %d tasks, and has one", len(tasks))
	}
	if files, err := filepath.Glob(filepath.Join(far.DataDir, "*")); err != nil || len(files) > 0 {
		t.Errorf("a command for a far server wrote to the data folder: %q %v", files, err)
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	l := settings(t)
	serving(t, l)
	out := t.TempDir()
	whole(t.Context(), l, "generate", "gpt", "a fox", "--idempotency-key", "one", "-o", out).want(t, 0)
	whole(t.Context(), l, "generate", "gpt", "a fox", "--idempotency-key", "one", "-o", out).want(t, 0, "This key has bought task")
	whole(t.Context(), l, "generate", "gpt", "another", "--idempotency-key", "one", "-o", out).want(t, 1, "idempotency")
	if n := purchases(t, l.DataDir); len(n) != 1 {
		t.Errorf("bought: %v", n)
	}
}

// Two commands at a time on one folder take turns.
func TestTwoInOneFolder(t *testing.T) {
	t.Parallel()
	l := settings(t)
	results := make(chan result, 2)
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		go func() {
			results <- whole(t.Context(), l, "generate", "gpt", "fox "+name+" [[slow 1s]]", "-o", filepath.Join(dir, name))
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

// Every flag of ours and of the modules fits, and nobody has lost a default.
func TestEveryModuleHasACommand(t *testing.T) {
	t.Parallel()
	for _, m := range modules.All() {
		name := m.Spec().Name
		r := whole(t.Context(), settings(t), "generate", name, "--help")
		r.want(t, 0, "--output", "--idempotency-key", "Operations:")
		list := whole(t.Context(), settings(t), "models", name)
		list.want(t, 0, name+".", " *")
	}
}
