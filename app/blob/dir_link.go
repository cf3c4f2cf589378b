package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Linker is a store that can store a local file without copying it, which saves
// writing and fsyncing a result's bytes a second time.
type Linker interface {
	// Link stores the file as object name by a hard link. The content of the file
	// must be fsynced already and must not be changed afterwards. If it returns
	// [ErrNotLinked], use [Store.Put] instead.
	Link(ctx context.Context, name, file string, o PutOptions) error
}

// ErrNotLinked means that the file cannot be linked, because it is on another
// volume or the file system has no hard links.
var ErrNotLinked = errors.New("blob: the file cannot be linked")

var _ Linker = (*Dir)(nil)

// Link implements [Linker].
func (d *Dir) Link(ctx context.Context, name, file string, _ PutOptions) error {
	if err := ValidName(name); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	tmp := path.Join(tmpDir, rand.Text())
	if err := os.Link(file, filepath.Join(d.root.Name(), filepath.FromSlash(tmp))); errors.Is(err, fs.ErrNotExist) {
		return unavailable(err)
	} else if err != nil {
		return ErrNotLinked
	}
	return d.rename(tmp, name)
}

// rename renames an fsynced file to its object name, or deletes it if that fails.
func (d *Dir) rename(tmp, name string) error {
	err := d.renameOnce(tmp, name)
	if errors.Is(err, fs.ErrNotExist) { // another process removed a directory that is in d.durable
		d.forgetDurable()
		err = d.renameOnce(tmp, name)
	}
	_ = d.root.Remove(tmp) // it still exists if the rename failed, or if both names were links to one file: rename(2) does nothing then
	return unavailable(err)
}
