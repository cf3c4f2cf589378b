package blob_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"aigc/app/blob"
	"aigc/app/fault"
)

// A linked object remains when the file it was linked from is deleted, and a
// repeated link replaces it.
func TestDirLink(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	s, err := blob.NewDir(filepath.Join(dir, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for i, text := range []string{"one", "another", "another"} {
		file := filepath.Join(dir, "received")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time the object is a link of the same file already
			if err := s.Link(ctx, "a/b/object.png", file, blob.PutOptions{}); err != nil {
				t.Fatalf("%d: %v", i, err)
			}
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "objects", "a", "b", "object.png"))
		if err != nil || string(got) != text {
			t.Errorf("%q, %v, want %q", got, err, text)
		}
	}
	left, err := os.ReadDir(filepath.Join(dir, "objects", ".tmp-incoming"))
	if err != nil || len(left) > 0 {
		t.Errorf("unfinished files are left: %v, %v", left, err)
	}
}

func TestDirLinkRefuses(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	s, err := blob.NewDir(filepath.Join(dir, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Link(ctx, "a.png", filepath.Join(dir, "absent"), blob.PutOptions{}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a missing file: %v", err)
	}
	if err := s.Link(ctx, "../a.png", filepath.Join(dir, "absent"), blob.PutOptions{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a bad name: %v", err)
	}
	if err := s.Link(ctx, "a.png", dir, blob.PutOptions{}); !errors.Is(err, blob.ErrNotLinked) { // a directory cannot be linked
		t.Errorf("a directory: %v", err)
	}
}
