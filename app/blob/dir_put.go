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

// Put implements [Store]. It writes and fsyncs a temporary file, renames it, and
// fsyncs every directory that gets a new entry. Options are not stored.
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

// write creates an fsynced temporary file of exactly size bytes.
func (d *Dir) write(ctx context.Context, r io.Reader, size int64) (tmp string, err error) {
	tmp = path.Join(tmpDir, rand.Text())
	f, err := d.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	if err = copyExactSize(ctx, f, r, size); err == nil {
		err = d.fsync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = d.root.Remove(tmp)
	}
	return tmp, err
}

// copyExactSize copies size bytes, and checks ctx after every 8 MiB. Between two
// files io.CopyN lets the kernel copy (copy_file_range).
func copyExactSize(ctx context.Context, dst io.Writer, r io.Reader, size int64) error {
	const chunk = 8 << 20
	var copied int64
	for copied <= size {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.CopyN(dst, r, min(chunk, size-copied+1)) // one byte more, to detect an r that is too long
		copied += n
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if copied != size {
		return fmt.Errorf("blob: expected %d bytes, read %d: %w", size, copied, io.ErrUnexpectedEOF)
	}
	return nil
}

// renameOnce renames a temporary file to its object name and fsyncs the directory.
func (d *Dir) renameOnce(tmp, name string) error {
	dir := path.Dir(name)
	if err := d.makeDirs(dir); err != nil {
		return err
	}
	return d.addEntry(dir, func() error { return d.root.Rename(tmp, name) })
}

// addEntry calls add, which adds an entry to dir, and fsyncs dir. It opens dir
// before add: Linux reports a failed write-back to descriptors that were open when
// it failed, but not reliably to those opened later.
func (d *Dir) addEntry(dir string, add func() error) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	if err = add(); err == nil {
		err = d.fsync(f)
	}
	return errors.Join(err, f.Close())
}

// maxDurable is the size limit of Dir.durable. Forgetting a directory costs one
// more fsync of each of its parents.
const maxDurable = 256

// makeDirs creates a directory with its parents, from the top down. An existing
// directory may have been created by a process that crashed before its fsync, so
// it counts as durable only after this process has fsynced its parent.
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
	err := d.addEntry(parent, func() error {
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

// forgetDurable makes the next makeDirs create and fsync every directory again.
func (d *Dir) forgetDurable() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.durable = map[string]bool{".": true}
}
