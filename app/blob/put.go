package blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"

	"aigc/app/fault"
)

// Put implements [Store].
func (d *Dir) Put(ctx context.Context, name string, r io.Reader, size int64) error {
	if err := ValidName(name); err != nil {
		return err
	}
	tmp, err := d.write(ctx, r, size)
	if err != nil {
		return err
	}
	return d.publish(tmp, name)
}

// Batch implements [Store].
func (d *Dir) Batch(ctx context.Context, items []Item) (sync func() error, err error) {
	b := &batch{dir: d, folders: map[*folder]int64{}}
	for _, it := range items {
		if err := b.store(ctx, it); err != nil {
			b.close()
			return nil, err
		}
	}
	return b.sync, nil
}

// batch is what must still become durable of some objects.
type batch struct {
	dir     *Dir
	once    sync.Once
	files   []*os.File
	folders map[*folder]int64 // and which change of it was ours
	err     error
}

func (b *batch) store(ctx context.Context, it Item) error {
	if err := ValidName(it.Name); err != nil {
		return err
	}
	tmp, f, err := b.dir.stage(ctx, it)
	if err != nil {
		return err
	}
	if f != nil {
		b.files = append(b.files, f)
	}
	in, err := b.dir.place(tmp, it.Name)
	if err != nil {
		return err
	}
	if it.Path != "" {
		_ = b.dir.root.Remove(tmp) // a rename onto another link of the same file leaves it
	}
	b.folders[in] = in.changed()
	return nil
}

// sync makes files and folders durable at the same time.
func (b *batch) sync() error {
	b.once.Do(func() {
		var all errgroup.Group
		for _, f := range b.files {
			all.Go(f.Sync)
		}
		for in, change := range b.folders {
			all.Go(func() error { return in.settle(change, b.dir.syncFolder) })
		}
		if err := all.Wait(); err != nil {
			b.err = trouble(err)
		}
		b.close()
	})
	return b.err
}

func (b *batch) close() {
	for _, f := range b.files {
		_ = f.Close()
	}
}

// stage gives an item a passing name. The open file must still be made
// durable; it is nil for one whose content is its owner's to make so.
func (d *Dir) stage(ctx context.Context, it Item) (string, *os.File, error) {
	if it.Path != "" {
		tmp, err := d.adopt(ctx, it.Path)
		return tmp, nil, err
	}
	tmp, f, err := d.create()
	if err != nil {
		return "", nil, err
	}
	if _, err := f.Write(it.Data); err != nil {
		_ = d.root.Remove(tmp)
		return "", nil, trouble(errors.Join(err, f.Close()))
	}
	return tmp, f, nil
}

func tmpName(dir string) string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return path.Join(dir, hex.EncodeToString(b[:]))
}

// write makes a durable file of exactly size bytes under a passing name.
func (d *Dir) write(ctx context.Context, r io.Reader, size int64) (string, error) {
	tmp, f, err := d.create()
	if err != nil {
		return "", err
	}
	n, err := io.Copy(f, &reader{ctx, r})
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes came, %d were announced: %w", n, size, io.ErrUnexpectedEOF)
	}
	if err == nil {
		err = syscall.Fdatasync(int(f.Fd())) // content and length; its times may be older
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = d.root.Remove(tmp)
		return "", trouble(err)
	}
	return tmp, nil
}

// adopt gives a finished file of this machine a passing name here: a hard link
// on the same volume, else a copy.
func (d *Dir) adopt(ctx context.Context, file string) (string, error) {
	tmp := tmpName(tmpDir)
	if err := os.Link(file, filepath.Join(d.path, filepath.FromSlash(tmp))); err == nil {
		return tmp, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return "", trouble(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", trouble(err)
	}
	return d.write(ctx, f, st.Size())
}

// place gives a staged file its name, in a folder that somebody may have removed
// or moved away since it was made.
func (d *Dir) place(tmp, name string) (in *folder, err error) {
	for range 2 {
		if in, err = d.makeFolder(path.Dir(name)); err != nil {
			break
		}
		err = fs.ErrNotExist
		if d.stands(in) {
			err = rename(d.incoming, path.Base(tmp), in.dir, path.Base(name))
		}
		if err == nil {
			return in, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrClosed) {
			break
		}
		d.forgetFolders()
	}
	_ = d.root.Remove(tmp)
	return nil, fault.Wrap(err, fault.Unavailable, "storage_down", "Object storage does not answer.")
}

// publish gives a staged file its name, and makes the name durable.
func (d *Dir) publish(tmp, name string) error {
	in, err := d.place(tmp, name)
	if err != nil {
		return err
	}
	if err := in.settle(in.changed(), d.syncFolder); err != nil {
		return trouble(err)
	}
	return nil
}

// reader stops when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
