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

// Linker is a store that can take a finished file of this machine without
// copying it. It saves writing and fsyncing a result's bytes a second time.
type Linker interface {
	// Link stores the file at name as [Store.Put] would, by a hard link: the
	// content must be fsynced already, and must never be written again.
	// [ErrNotLinked] says that it has to be put instead.
	Link(ctx context.Context, name, file string, o PutOptions) error
}

// ErrNotLinked says that a file cannot be linked: it lies on another volume, or
// the file system has no links.
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

// rename gives a durable file its name, and removes it where that fails.
func (d *Dir) rename(tmp, name string) error {
	err := d.publish(tmp, name)
	if errors.Is(err, fs.ErrNotExist) { // a directory that this process had made was removed from outside
		d.forget()
		err = d.publish(tmp, name)
	}
	_ = d.root.Remove(tmp) // it is left where the rename failed, and where it was another link of the same file
	return unavailable(err)
}
