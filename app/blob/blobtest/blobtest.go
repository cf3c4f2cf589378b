// Package blobtest has the conformance tests of blob.Store: call [Run] from the
// tests of each implementation.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"aigc/app/blob"
	"aigc/app/fault"
)

// Harness is a store under test.
type Harness struct {
	Open         func(t *testing.T) blob.Store // a new, empty store for each test
	KeepsOptions bool                          // Stat and Open return the [blob.PutOptions] of Put
}

// Run runs all tests against a store.
func Run(t *testing.T, h Harness) {
	t.Run("options", func(t *testing.T) {
		t.Parallel()
		options(t, h.Open(t), h.KeepsOptions)
	})
	for name, f := range map[string]func(*testing.T, blob.Store){
		"put and open": putAndOpen, "replace": replace, "absent": absent, "bad names": badNames,
		"failed put leaves nothing": failedPut, "repeated put": repeatedPut, "put from the reader's offset": putFromOffset,
		"list in order": list, "list stops": listStops, "list with a canceled context": listCanceled, "seek": seek,
		"large object": large, "concurrent puts of one name": concurrent, "replaced while it is read": replacedWhileRead,
		"empty object": empty, "names outside ASCII": unicodeNames, "check": check,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, h.Open(t))
		})
	}
}

var ctx = context.Background()

func put(t *testing.T, s blob.Store, name, text string) {
	t.Helper()
	if err := s.Put(ctx, name, strings.NewReader(text), int64(len(text)), blob.PutOptions{}); err != nil {
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
	put(t, s, "a/b/c.png", "image")
	if got := get(t, s, "a/b/c.png"); got != "image" {
		t.Errorf("%q", got)
	}
	if o, err := s.Stat(ctx, "a/b/c.png"); err != nil || o.Size != 5 {
		t.Errorf("%+v, %v", o, err)
	}
	if err := s.Delete(ctx, "a/b/c.png"); err != nil {
		t.Error(err)
	}
	if _, err := s.Stat(ctx, "a/b/c.png"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("stat of a deleted object: %v", err)
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
	for name, err := range map[string]error{"open": openErr, "stat": statErr, "a folder": folderErr} {
		if f := fault.From(err); err == nil || f.Kind != fault.NotFound || f.StableCode() != "object_not_found" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"no/such.png", "folder", "../x"} {
		if err := s.Delete(ctx, name); err != nil {
			t.Errorf("delete of %s, which is absent: %v", name, err)
		}
	}
	if got := get(t, s, "folder/a.png"); got != "x" {
		t.Errorf("%q after a delete of its folder", got)
	}
}

func badNames(t *testing.T, s blob.Store) {
	for _, name := range []string{"", "/etc/passwd", "../a", "a/../../b", "a//b", "a/", `a\b`, "a\x00b", ".hidden", "a/.tmp", strings.Repeat("x/", 300) + "x",
		strings.Repeat("x", 256), "a/" + strings.Repeat("x", 256) + "/b", "a/" + strings.Repeat("é", 128), "a\xff", "a\nb"} {
		if err := s.Put(ctx, name, strings.NewReader("x"), 1, blob.PutOptions{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("put %q: %v", name, err)
		}
		if _, _, err := s.Open(ctx, name); fault.KindOf(err) != fault.NotFound {
			t.Errorf("open %q: %v", name, err)
		}
		if _, err := s.Stat(ctx, name); fault.KindOf(err) != fault.NotFound {
			t.Errorf("stat %q: %v", name, err)
		}
		if err := s.Delete(ctx, name); err != nil {
			t.Errorf("delete %q: %v", name, err)
		}
	}
}

func failedPut(t *testing.T, s blob.Store) {
	put(t, s, "a.png", "before")
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	file := func(text string) func() io.Reader { return func() io.Reader { return strings.NewReader(text) } }
	stream := func(text string) func() io.Reader { // cannot seek
		return func() io.Reader { return io.MultiReader(strings.NewReader(text)) }
	}
	for name, c := range map[string]struct {
		ctx  context.Context
		r    func() io.Reader
		size int64
	}{
		"a failing reader":          {ctx, func() io.Reader { return io.MultiReader(strings.NewReader("half"), &failing{}) }, 100},
		"fewer bytes than size":     {ctx, stream("short"), 100},
		"more bytes than size":      {ctx, stream("too long"), 3},
		"fewer of many bytes":       {ctx, stream(strings.Repeat("x", 100_000)), 200_000},
		"more of many bytes":        {ctx, stream(strings.Repeat("x", 100_000)), 90_000},
		"bytes for an empty object": {ctx, stream("x"), 0},
		"a shorter file":            {ctx, file("short"), 100},
		"a longer file":             {ctx, file("too long"), 3},
		"a canceled put":            {canceled, file("x"), 1},
	} {
		for _, object := range []string{"a.png", "b.png"} {
			if err := s.Put(c.ctx, object, c.r(), c.size, blob.PutOptions{}); err == nil {
				t.Errorf("%s: %s was stored", name, object)
			}
		}
	}
	if got := get(t, s, "a.png"); got != "before" {
		t.Errorf("%q", got)
	}
	if l := names(t, s, ""); len(l) != 1 {
		t.Errorf("%v", l)
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errors.New("cut") }

// names returns the names that a store lists.
func names(t *testing.T, s blob.Store, prefix string) []string {
	t.Helper()
	var out []string
	for o, err := range s.List(ctx, prefix) {
		if err != nil {
			t.Fatal(err)
		}
		if o.Size == 0 || o.ETag == "" || o.Modified.IsZero() || o.PutOptions != (blob.PutOptions{}) {
			t.Errorf("%+v", o)
		}
		out = append(out, o.Name)
	}
	return out
}

// Repeated puts of the same names replace the objects and leave no other files.
func repeatedPut(t *testing.T, s blob.Store) {
	for range 3 {
		put(t, s, "d/a.png", "x")
		put(t, s, blob.SidecarName("d/a.png"), "{}")
	}
	if got := names(t, s, ""); !slices.Equal(got, []string{"d/a.png"}) {
		t.Errorf("%v", got)
	}
	if got := get(t, s, blob.SidecarName("d/a.png")); got != "{}" {
		t.Errorf("%q", got)
	}
}

func putFromOffset(t *testing.T, s blob.Store) {
	file := filepath.Join(t.TempDir(), "result")
	if err := os.WriteFile(file, []byte("head and body"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(9, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(ctx, "a.png", f, 4, blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "a.png"); got != "body" {
		t.Errorf("%q", got)
	}
}

func options(t *testing.T, s blob.Store, kept bool) {
	given := blob.PutOptions{ContentType: "image/png", TaskID: "01a20e42-8744-7180-98af-f5eb12be76a2", SHA256: "0f9c"}
	if err := s.Put(ctx, "a.png", strings.NewReader("x"), 1, given); err != nil {
		t.Fatal(err)
	}
	want := blob.PutOptions{}
	if kept {
		want = given
	}
	info, err := s.Stat(ctx, "a.png")
	if err != nil || info.PutOptions != want {
		t.Errorf("stat: %+v, %v", info, err)
	}
	f, info, err := s.Open(ctx, "a.png")
	if err != nil || info.PutOptions != want {
		t.Fatalf("open: %+v, %v", info, err)
	}
	_ = f.Close()
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
	put(t, s, "ai_generated/images/2026/01-x", "x") // "-" comes before "/"
	want = slices.Insert(want, 0, "ai_generated/images/2026/01-x")
	put(t, s, "manual_uploads/images/2026/01/01/u.png", "x")
	if err := s.Check(ctx); err != nil { // its test object must not be listed
		t.Error(err)
	}
	if got := names(t, s, "ai_generated/"); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := names(t, s, "ai_generated/images/2026/01/1"); len(got) != 5 {
		t.Errorf("a prefix in the middle of a name: %v", got)
	}
	if got := names(t, s, ""); len(got) != len(want)+1 {
		t.Errorf("all: %v", got)
	}
	if got := names(t, s, "nothing/"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func listStops(t *testing.T, s blob.Store) {
	for i := range 3 {
		put(t, s, fmt.Sprintf("d/%d", i), "x")
	}
	seen := 0
	for _, err := range s.List(ctx, "") {
		if err != nil {
			t.Error(err)
		}
		if seen++; seen == 2 {
			break
		}
	}
	if seen != 2 {
		t.Errorf("%d seen", seen)
	}
}

func listCanceled(t *testing.T, s blob.Store) {
	put(t, s, "d/a", "x")
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	var got error
	for _, err := range s.List(canceled, "") {
		got = err
	}
	if !errors.Is(got, context.Canceled) {
		t.Errorf("%v", got)
	}
}

func seek(t *testing.T, s blob.Store) {
	put(t, s, "a.mp4", "0123456789")
	f, _, err := s.Open(ctx, "a.mp4")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, c := range []struct {
		offset int64
		whence int
		read   int
		want   string
	}{
		{-3, io.SeekEnd, 9, "789"}, {2, io.SeekStart, 2, "23"}, {1, io.SeekCurrent, 2, "56"}, {0, io.SeekCurrent, 1, "7"},
		{0, io.SeekEnd, 4, ""}, {20, io.SeekStart, 4, ""}, {0, io.SeekStart, 20, "0123456789"},
	} {
		if _, err := f.Seek(c.offset, c.whence); err != nil {
			t.Fatal(err)
		}
		if data, err := io.ReadAll(io.LimitReader(f, int64(c.read))); err != nil || string(data) != c.want {
			t.Errorf("seek %d from %d: %q, %v; want %q", c.offset, c.whence, data, err, c.want)
		}
	}
	if _, err := f.Seek(-1, io.SeekStart); err == nil {
		t.Error("a seek before the start worked")
	}
}

// An object of more than one part, from a file and from a reader that cannot seek.
func large(t *testing.T, s blob.Store) {
	content := make([]byte, 17<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	for name, r := range map[string]io.Reader{"file.mp4": bytes.NewReader(content), "stream.mp4": io.MultiReader(bytes.NewReader(content))} {
		if err := s.Put(ctx, name, r, int64(len(content)), blob.PutOptions{ContentType: "video/mp4"}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if get(t, s, name) != string(content) {
			t.Errorf("%s: the content differs", name)
		}
		f, _, err := s.Open(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Seek(-100, io.SeekEnd); err != nil {
			t.Error(err)
		}
		if tail, err := io.ReadAll(f); err != nil || !bytes.Equal(tail, content[len(content)-100:]) {
			t.Errorf("%s: the last 100 bytes differ: %d bytes, %v", name, len(tail), err)
		}
		_ = f.Close()
	}
	for name, r := range map[string]io.Reader{"short": io.MultiReader(bytes.NewReader(content)), "file": bytes.NewReader(content)} {
		if err := s.Put(ctx, "cut.mp4", r, int64(len(content))+1, blob.PutOptions{}); err == nil {
			t.Errorf("%s: fewer bytes than size were stored", name)
		}
	}
	if got := names(t, s, "cut"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// A reader of an object that is replaced while it reads gets the former content or
// an error, never parts of both.
func replacedWhileRead(t *testing.T, s blob.Store) {
	const size = 1 << 20
	put(t, s, "a.png", strings.Repeat("a", size))
	f, _, err := s.Open(ctx, "a.png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	head := make([]byte, 10)
	if _, err := io.ReadFull(f, head); err != nil {
		t.Fatal(err)
	}
	put(t, s, "a.png", strings.Repeat("b", size))
	if _, err := f.Seek(size/2, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if tail, err := io.ReadAll(f); err == nil && strings.Trim(string(head)+string(tail), "a") != "" {
		t.Error("read the head of the former object and the tail of the new one")
	}
}

func unicodeNames(t *testing.T, s blob.Store) {
	for _, name := range []string{"manual_uploads/狐狸 (1).png", "a+b&c=d%20.png", "ü?#.png"} {
		put(t, s, name, name)
		if got := get(t, s, name); got != name {
			t.Errorf("%q", got)
		}
	}
	if got := names(t, s, ""); len(got) != 3 {
		t.Errorf("%q", got)
	}
}

func concurrent(t *testing.T, s blob.Store) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			text := bytes.Repeat([]byte{byte('a' + i)}, 10_000)
			if err := s.Put(ctx, "one.png", bytes.NewReader(text), int64(len(text)), blob.PutOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := get(t, s, "one.png")
	if len(got) != 10_000 || strings.Trim(got, got[:1]) != "" {
		t.Error("the object mixes two puts")
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
	for range 8 { // concurrent checks
		probes.Go(func() {
			for range 10 {
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
