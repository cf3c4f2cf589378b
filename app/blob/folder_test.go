package blob

import (
	"errors"
	"testing"
)

// One sync serves all who changed a folder before it; one that failed is a
// failure for all of them, whatever succeeds later.
func TestFolderSettles(t *testing.T) {
	t.Parallel()
	f := &folder{name: "f"}
	syncs, fail := 0, error(nil)
	sync := func(string) error { syncs++; return fail }
	a, b := f.changed(), f.changed()
	if f.settle(a, sync) != nil || f.settle(b, sync) != nil || syncs != 1 {
		t.Errorf("%d syncs for two changes", syncs)
	}
	c, d := f.changed(), f.changed()
	fail = errors.New("the disk is gone")
	if f.settle(c, sync) == nil {
		t.Error("a failed sync was taken for one")
	}
	fail = nil
	if f.settle(f.changed(), sync) != nil {
		t.Error("a later change cannot be settled")
	}
	if f.settle(d, sync) == nil || f.settle(c, sync) == nil {
		t.Error("a change whose sync failed counts after a later one succeeded")
	}
}
