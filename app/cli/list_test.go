package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aigc/app/ledger"
	"aigc/app/module"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/config"
)

// A flag, or a field of --input, that only one operation has selects it.
func TestFieldsSelectTheOperation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args  []string
		stdin string
		want  string
	}{
		"the prompt alone":       {[]string{"a fox"}, "", "draw"},
		"a field of draw":        {[]string{"a fox", "--size", "large"}, "", "draw"},
		"a field of edit":        {[]string{"a fox", "--image", "https://example.com/a.png"}, "", "edit"},
		"a field in JSON":        {[]string{"--input", "-"}, `{"prompt":"a fox","image":"https://example.com/a.png"}`, "edit"},
		"a field in JSON, flags": {[]string{"--input", "-", "--prompt", "b"}, `{"image":"https://example.com/a.png"}`, "edit"},
		"named":                  {[]string{"a fox", "--operation", "edit", "--image", "https://example.com/a.png"}, "", "edit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			r := commandWith(t.Context(), f.settings(), strings.NewReader(c.stdin), append([]string{"generate", "toy", "--no-wait"}, c.args...)...)
			r.want(t, 0)
			if want := "POST /api/toy/" + c.want; !slices.Contains(f.requests, want) {
				t.Errorf("requests %q, want %q", f.requests, want)
			}
		})
	}
}

// A result is written to the file that a symbolic link leads to, and the link stays.
func TestOutputFollowsLinks(t *testing.T) {
	t.Parallel()
	for name, exists := range map[string]bool{"to a file": true, "to no file yet": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			data := onePNG(t)
			f.add("r.png", "image/png", data)
			dir := t.TempDir()
			target, link := filepath.Join(dir, "there", "fox.png"), filepath.Join(dir, "link.png")
			if err := os.Mkdir(filepath.Dir(target), 0o700); err != nil {
				t.Fatal(err)
			}
			if exists {
				if err := os.WriteFile(target, []byte("old"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink(filepath.Join("there", "fox.png"), link); err != nil {
				t.Fatal(err)
			}
			command(t, f.settings(), "generate", "toy", "a fox", "-o", link).want(t, 0)
			if to, err := os.Readlink(link); err != nil || to != filepath.Join("there", "fox.png") {
				t.Errorf("the link leads to %q, %v", to, err)
			}
			if got, err := os.ReadFile(target); err != nil || string(got) != string(data) {
				t.Errorf("the file has %d bytes, %v", len(got), err)
			}
		})
	}
}

func TestWrongFilters(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--status", "done"}, []string{`no state "done"`, "queued, submitting"}},
		{[]string{"--status", "queued,done"}, []string{`no state "done"`}},
		{[]string{"--module", "banana"}, []string{`no module "banana"`, "toy"}},
		{[]string{"--limit", "0"}, []string{"expected 1 to 200"}},
		{[]string{"--limit", "many"}, []string{"--limit"}},
	} {
		command(t, f.settings(), append([]string{"tasks", "list"}, c.args...)...).want(t, codeUsage, c.want...)
	}
	if len(f.requests) > 0 {
		t.Errorf("the server was asked: %q", f.requests)
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	l := settings(t)
	addOpen(t, l, &task.Task{ID: taskID, State: task.Queued})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"generate", ""}, "toy"},
		{[]string{"generate", "toy", "--model", ""}, "toy-1"},
		{[]string{"models", ""}, "toy"},
		{[]string{"tasks", "list", "--module", ""}, "toy"},
		{[]string{"tasks", "list", "--model", ""}, "toy-1"},
		{[]string{"tasks", "list", "--status", ""}, "in_doubt"},
	} {
		r := command(t, l, append([]string{"__complete"}, c.args...)...)
		if r.code != 0 || !strings.Contains(r.out, c.want) || !strings.Contains(r.out, ":4") && !strings.Contains(r.out, ":36") {
			t.Errorf("%q: %d %s", c.args, r.code, r.out)
		}
	}
	if r := command(t, l, "__complete", "tasks", "get", ""); r.code != 0 || strings.Contains(r.out, taskID) {
		t.Errorf("without a server: %d %s", r.code, r.out)
	}
	c := &cli{Streams: Streams{nil, t.Output(), t.Output()}, modules: []module.Module{toy}, imitations: imitated}
	if _, err := c.loadRegistry(); err != nil {
		t.Fatal(err)
	}
	s, err := c.inProcess(t.Context(), l, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close(t.Context()) })
	if r := command(t, l, "__complete", "tasks", "get", ""); r.code != 0 || !strings.Contains(r.out, taskID) {
		t.Errorf("with a server: %d %s", r.code, r.out)
	}
}

// addOpen adds a task to the ledger of l, of the module toy.
func addOpen(t *testing.T, l *config.Settings, row *task.Task) {
	t.Helper()
	db, err := ledger.OpenSQLite(t.Context(), ledgerFile(l.DataDir))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	row.Kind, row.Module, row.Operation, row.Input, row.Charged, row.Owner = "toy.draw", "toy", "draw", []byte(`{"prompt":"a fox"}`), "no", service.Local
	if _, _, err := db.Accept(t.Context(), task.AcceptRequest{Tasks: []*task.Task{row}}); err != nil {
		t.Fatal(err)
	}
}
