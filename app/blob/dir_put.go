package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// Put implements [Store]: the file is written under a temporary name, fsynced
// and renamed, and every directory that gained an entry is fsynced. A directory
// has no place for options.
func (d *Dir) Put(ctx context.Context, name string, r io.Reader, size int64, _ PutOptions) error {
	if err := ValidName(name); err != nil {
		return err
	}
	tmp, err := d.write(ctx, r, size)
	if err != nil {
		return unavailable(err)
	}
	return d.rename(tmp, name)
}

// write makes a durable file of exactly size bytes under a temporary name.
func (d *Dir) write(ctx context.Context, r io.Reader, size int64) (tmp string, err error) {
	tmp = path.Join(tmpDir, rand.Text())
	f, err := d.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	if err = copyExactly(ctx, f, r, size); err == nil {
		err = d.fsync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = d.root.Remove(tmp)
	}
	return tmp, err
}

// copyExactly copies size bytes, in pieces between which ctx is looked at. From
// one file to another the kernel copies without passing the bytes through us.
func copyExactly(ctx context.Context, dst io.Writer, r io.Reader, size int64) error {
	const piece = 8 << 20
	var copied int64
	for copied <= size {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.CopyN(dst, r, min(piece, size-copied+1)) // one more than announced would be a fault
		copied += n
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if copied != size {
		return fmt.Errorf("blob: %d bytes were announced, %d came: %w", size, copied, io.ErrUnexpectedEOF)
	}
	return nil
}

// publish renames a durable file to its name.
func (d *Dir) publish(tmp, name string) error {
	dir := path.Dir(name)
	if err := d.makeDirs(dir); err != nil {
		return err
	}
	return d.change(dir, func() error { return d.root.Rename(tmp, name) })
}

// change adds an entry to a directory and fsyncs it. The directory is opened
// before the change: Linux reports a failed write to the descriptors that were
// open when it failed, and perhaps not to one that is opened later.
func (d *Dir) change(dir string, add func() error) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	if err = add(); err == nil {
		err = d.fsync(f)
	}
	return errors.Join(err, f.Close())
}

// maxDurable bounds how many directories are remembered. One that was forgotten
// costs an fsync of its parents.
const maxDurable = 256

// makeDirs makes a directory with its parents, from the top down. A directory
// that exists may be the work of a process that died before its fsync, so it
// counts as durable only after this process has fsynced its parent.
func (d *Dir) makeDirs(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.makeDirsLocked(dir)
}

func (d *Dir) makeDirsLocked(dir string) error {
	if d.durable[dir] {
		return nil
	}
	parent := path.Dir(dir)
	if err := d.makeDirsLocked(parent); err != nil {
		return err
	}
	err := d.change(parent, func() error {
		if err := d.root.Mkdir(dir, 0o700); !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(d.durable) >= maxDurable {
		d.durable = map[string]bool{".": true}
	}
	d.durable[dir] = true
	return nil
}

// forget lets every directory be looked for anew.
func (d *Dir) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.durable = map[string]bool{".": true}
}
