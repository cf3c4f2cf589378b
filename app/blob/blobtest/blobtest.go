// Package blobtest proves an object store: call [Run] from the store's tests.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"aigc/app/blob"
	"aigc/app/fault"
)

// Run proves a store made anew for every test.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	for name, f := range map[string]func(*testing.T, blob.Store){
		"put and open": putAndOpen, "replace": replace, "absent": absent, "bad names": badNames,
		"failed put leaves nothing": failedPut, "batch": batch, "batch again": batchAgain,
		"list pages in order": list, "seek": seek, "concurrent puts of one name": concurrent, "empty object": empty, "check": check,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, open(t))
		})
	}
}

var ctx = context.Background()

func put(t *testing.T, s blob.Store, name, text string) {
	t.Helper()
	if err := s.Put(ctx, name, strings.NewReader(text), int64(len(text))); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s blob.Store, name string) string {
	t.Helper()
	f, o, err := s.Open(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil || o.Size != int64(len(data)) || o.Name != name || o.ETag == "" || o.Modified.IsZero() {
		t.Fatalf("%v, %+v, %d bytes", err, o, len(data))
	}
	return string(data)
}

func putAndOpen(t *testing.T, s blob.Store) {
	put(t, s, "a/b/c.png", "picture")
	if got := get(t, s, "a/b/c.png"); got != "picture" {
		t.Errorf("%q", got)
	}
	if o, err := s.Stat(ctx, "a/b/c.png"); err != nil || o.Size != 7 {
		t.Errorf("%+v, %v", o, err)
	}
	if err := s.Delete(ctx, "a/b/c.png"); err != nil {
		t.Error(err)
	}
	if _, err := s.Stat(ctx, "a/b/c.png"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("deleted, and stat says %v", err)
	}
}

func replace(t *testing.T, s blob.Store) {
	put(t, s, "a.png", "one")
	put(t, s, "a.png", "other")
	if got := get(t, s, "a.png"); got != "other" {
		t.Errorf("%q", got)
	}
}

func absent(t *testing.T, s blob.Store) {
	_, _, openErr := s.Open(ctx, "no/such.png")
	_, statErr := s.Stat(ctx, "no/such.png")
	put(t, s, "folder/a.png", "x")
	_, _, folderErr := s.Open(ctx, "folder")
	for name, err := range map[string]error{"open": openErr, "stat": statErr, "delete": s.Delete(ctx, "no/such.png"), "a folder": folderErr} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func badNames(t *testing.T, s blob.Store) {
	for _, name := range []string{"", "/etc/passwd", "../a", "a/../../b", "a//b", "a/", `a\b`, "a\x00b", ".hidden", "a/.tmp", strings.Repeat("x", 600)} {
		if err := s.Put(ctx, name, strings.NewReader("x"), 1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("put %q: %v", name, err)
		}
		if _, _, err := s.Open(ctx, name); fault.KindOf(err) != fault.NotFound {
			t.Errorf("open %q: %v", name, err)
		}
	}
}

func failedPut(t *testing.T, s blob.Store) {
	put(t, s, "a.png", "before")
	broken := io.MultiReader(strings.NewReader("half"), &failing{})
	if err := s.Put(ctx, "a.png", broken, 100); err == nil {
		t.Error("a broken reader was stored")
	}
	if err := s.Put(ctx, "b.png", strings.NewReader("short"), 100); err == nil {
		t.Error("fewer bytes than announced were stored")
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Put(stopped, "c.png", strings.NewReader("x"), 1); err == nil {
		t.Error("a cancelled put was stored")
	}
	if got := get(t, s, "a.png"); got != "before" {
		t.Errorf("%q", got)
	}
	if l, err := s.List(ctx, "", "", 10); err != nil || len(l) != 1 {
		t.Errorf("%v, %v", l, err)
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errors.New("cut") }

func batch(t *testing.T, s blob.Store) {
	file := filepath.Join(t.TempDir(), "result")
	if err := os.WriteFile(file, []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	sync, err := s.Batch(ctx, []blob.Item{{Name: "d/a.png", Path: file}, {Name: blob.SidecarName("d/a.png"), Data: []byte("{}")}})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if got := get(t, s, "d/a.png"); got != "from a file" {
			t.Errorf("%q", got)
		}
		if err := sync(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Error("the source is gone")
	}
	l, err := s.List(ctx, "d/", "", 10)
	if err != nil || len(l) != 1 || l[0].Name != "d/a.png" {
		t.Errorf("a sidecar is listed: %v, %v", l, err)
	}
	if _, err := s.Batch(ctx, []blob.Item{{Name: "d/b.png", Path: file + ".absent"}, {Name: "d/c.png", Data: []byte("x")}}); err == nil {
		t.Error("an absent file was stored")
	}
}

// A task that is stored again writes the same names over themselves, and
// leaves nothing else behind.
func batchAgain(t *testing.T, s blob.Store) {
	file := filepath.Join(t.TempDir(), "result")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		sync, err := s.Batch(ctx, []blob.Item{{Name: "a.png", Path: file}, {Name: "a.png.json", Data: []byte("{}")}})
		if err != nil {
			t.Fatal(err)
		}
		if err := sync(); err != nil {
			t.Fatal(err)
		}
	}
	if got := get(t, s, "a.png"); got != "x" {
		t.Errorf("%q", got)
	}
}

func list(t *testing.T, s blob.Store) {
	var want []string
	for _, day := range []string{"2026/01/02", "2026/01/10", "2026/02/01"} {
		for i := range 5 {
			name := fmt.Sprintf("ai_generated/images/%s/m_%d.png", day, i)
			put(t, s, name, "x")
			put(t, s, name+".json", "{}")
			want = append(want, name)
		}
	}
	put(t, s, "manual_uploads/images/2026/01/01/u.png", "x")
	var got []string
	for after := ""; ; {
		page, err := s.List(ctx, "ai_generated/", after, 4)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, o := range page {
			got = append(got, o.Name)
		}
		after = got[len(got)-1]
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v", got)
	}
	if page, err := s.List(ctx, "ai_generated/images/2026/01/1", "", 100); err != nil || len(page) != 5 {
		t.Errorf("a prefix in the middle of a name: %d, %v", len(page), err)
	}
}

func seek(t *testing.T, s blob.Store) {
	put(t, s, "a.mp4", "0123456789")
	f, _, err := s.Open(ctx, "a.mp4")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(-3, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(f); err != nil || string(data) != "789" {
		t.Errorf("%q, %v", data, err)
	}
}

func concurrent(t *testing.T, s blob.Store) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			text := bytes.Repeat([]byte{byte('a' + i)}, 10_000)
			if err := s.Put(ctx, "one.png", bytes.NewReader(text), int64(len(text))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := get(t, s, "one.png")
	if len(got) != 10_000 || strings.Trim(got, got[:1]) != "" {
		t.Error("two puts are mixed")
	}
}

func empty(t *testing.T, s blob.Store) {
	put(t, s, "empty", "")
	if got := get(t, s, "empty"); got != "" {
		t.Errorf("%q", got)
	}
}

func check(t *testing.T, s blob.Store) {
	var probes sync.WaitGroup
	for range 8 { // several look at a store at the same time
		probes.Go(func() {
			for range 50 {
				if err := s.Check(ctx); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	probes.Wait()
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}
