package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"aigc/app/disk"
)

// Dir is a store in a directory of this machine. One process has it open.
type Dir struct {
	root     *os.Root
	fsync    func(*os.File) error
	checking sync.Mutex

	mu      sync.Mutex
	durable map[string]bool // directories that were made or found, and fsynced in their parents
}

// tmpDir holds unfinished files. No object's name begins with a dot.
const tmpDir = ".tmp-incoming"

// NewDir opens a directory as a store, makes it if needed, and removes the
// unfinished files of an earlier process.
func NewDir(dir string) (*Dir, error) {
	if err := makeDurably(filepath.Clean(dir)); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	err = root.RemoveAll(tmpDir)
	if err == nil {
		err = root.Mkdir(tmpDir, 0o700)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("blob: %w", err), root.Close())
	}
	return &Dir{root: root, fsync: disk.Sync, durable: map[string]bool{".": true}}, nil
}

// makeDurably makes a directory with its parents, and fsyncs each parent that
// gained an entry.
func makeDurably(dir string) error {
	if _, err := os.Stat(dir); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if err := makeDurably(parent); err != nil {
		return err
	}
	f, err := os.Open(parent)
	if err != nil {
		return err
	}
	if err = os.Mkdir(dir, 0o700); err == nil || errors.Is(err, fs.ErrExist) {
		err = disk.Sync(f)
	}
	return errors.Join(err, f.Close())
}

// Open implements [Store].
func (d *Dir) Open(_ context.Context, name string) (io.ReadSeekCloser, Info, error) {
	if err := ValidName(name); err != nil {
		return nil, Info{}, err
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, Info{}, dirFault(err)
	}
	st, err := f.Stat()
	if err == nil {
		var o Info
		if o, err = fileInfo(name, st); err == nil {
			return f, o, nil
		}
	}
	return nil, Info{}, errors.Join(dirFault(err), f.Close())
}

// fileInfo describes a regular file; anything else is no object.
func fileInfo(name string, st fs.FileInfo) (Info, error) {
	if !st.Mode().IsRegular() {
		return Info{}, fs.ErrNotExist
	}
	return Info{Name: name, Size: st.Size(), Modified: st.ModTime(), ETag: fmt.Sprintf(`"%x-%x"`, st.ModTime().UnixNano(), st.Size())}, nil
}

// Stat implements [Store].
func (d *Dir) Stat(_ context.Context, name string) (Info, error) {
	if err := ValidName(name); err != nil {
		return Info{}, err
	}
	st, err := d.root.Lstat(name)
	if err != nil {
		return Info{}, dirFault(err)
	}
	o, err := fileInfo(name, st)
	return o, dirFault(err)
}

// Delete implements [Store].
func (d *Dir) Delete(ctx context.Context, name string) error {
	if _, err := d.Stat(ctx, name); err != nil {
		return ignoreNotFound(err)
	}
	return ignoreNotFound(dirFault(d.root.Remove(name)))
}

// Check implements [Store].
func (d *Dir) Check(context.Context) error {
	d.checking.Lock() // two at a time would read each other's half
	defer d.checking.Unlock()
	name := path.Join(tmpDir, "check")
	if err := d.root.WriteFile(name, []byte(checkText), 0o600); err != nil {
		return unavailable(err)
	}
	data, err := d.root.ReadFile(name)
	if err == nil && string(data) != checkText {
		err = errors.New("blob: what was written is not what is read")
	}
	return unavailable(err)
}

const checkText = "ok"

// Close implements [Store].
func (d *Dir) Close() error { return d.root.Close() }

// dirFault is a file system's error as a fault.
func dirFault(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return notFound(err)
	}
	return unavailable(err)
}
