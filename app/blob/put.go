package blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"golang.org/x/sync/errgroup"
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
	return d.publish([]staged{{tmp, name}})
}

// Batch implements [Store]. Names are given before the content is durable, and
// everything, files and folders, becomes durable at the same time: nobody is
// told of a batch that was cut off, and it is stored again as a whole.
func (d *Dir) Batch(ctx context.Context, items []Item) error {
	var sync syncer
	defer sync.close()
	folders := map[string]bool{}
	for _, it := range items {
		if err := ValidName(it.Name); err != nil {
			return err
		}
		folder := path.Dir(it.Name)
		if err := d.makeFolder(folder); err != nil {
			return err
		}
		folders[folder] = true
		tmp, f, err := d.stage(ctx, it)
		if err != nil {
			return err
		}
		sync.file(f)
		if err := d.root.Rename(tmp, it.Name); err != nil {
			_ = d.root.Remove(tmp)
			return trouble(err)
		}
		_ = d.root.Remove(tmp) // a rename onto another link of the same file leaves it
	}
	for folder := range folders {
		f, err := d.root.Open(folder)
		if err != nil {
			return trouble(err)
		}
		sync.file(f)
	}
	if err := sync.wait(); err != nil {
		return trouble(err)
	}
	return nil
}

// stage gives an item a passing name. The open file must still be made
// durable; it is nil for one that is.
func (d *Dir) stage(ctx context.Context, it Item) (string, *os.File, error) {
	if it.Path != "" {
		tmp, err := d.adopt(ctx, it.Path)
		return tmp, nil, err
	}
	tmp := tmpName()
	f, err := d.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", nil, trouble(err)
	}
	if _, err := f.Write(it.Data); err != nil {
		_ = d.root.Remove(tmp)
		return "", nil, trouble(errors.Join(err, f.Close()))
	}
	return tmp, f, nil
}

// syncer makes files and folders durable at the same time.
type syncer struct {
	files []*os.File
}

func (s *syncer) file(f *os.File) {
	if f != nil {
		s.files = append(s.files, f)
	}
}

func (s *syncer) wait() error {
	var all errgroup.Group
	for _, f := range s.files {
		all.Go(f.Sync)
	}
	return all.Wait()
}

func (s *syncer) close() {
	for _, f := range s.files {
		_ = f.Close()
	}
}

// staged is a durable file waiting for its name.
type staged struct{ tmp, name string }

func tmpName() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return path.Join(tmpDir, hex.EncodeToString(b[:]))
}

// write makes a durable file of exactly size bytes under a passing name.
func (d *Dir) write(ctx context.Context, r io.Reader, size int64) (string, error) {
	tmp := tmpName()
	f, err := d.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", trouble(err)
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
	tmp := tmpName()
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

// publish gives staged files their names, and makes the names durable.
func (d *Dir) publish(list []staged) error {
	folders := map[string]bool{}
	for _, s := range list {
		folder := path.Dir(s.name)
		if err := d.makeFolder(folder); err != nil {
			d.forget(list)
			return err
		}
		folders[folder] = true
	}
	for i, s := range list {
		if err := d.root.Rename(s.tmp, s.name); err != nil {
			d.forget(list[i:])
			return trouble(err)
		}
		_ = d.root.Remove(s.tmp) // a rename onto another link of the same file leaves it
	}
	for folder := range folders {
		if err := d.syncFolder(folder); err != nil {
			return trouble(err)
		}
	}
	return nil
}

func (d *Dir) forget(list []staged) {
	for _, s := range list {
		if s.tmp != "" {
			_ = d.root.Remove(s.tmp)
		}
	}
}

// makeFolder makes a folder whose name is durable, from the top down.
func (d *Dir) makeFolder(folder string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known[folder] {
		return nil
	}
	if err := d.root.MkdirAll(folder, 0o700); err != nil {
		return trouble(err)
	}
	for up := folder; !d.known[up]; up = path.Dir(up) {
		if err := d.syncFolder(path.Dir(up)); err != nil {
			return trouble(err)
		}
		d.known[up] = true
	}
	return nil
}

func (d *Dir) syncFolder(folder string) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
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
