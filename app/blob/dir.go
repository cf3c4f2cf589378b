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

// Dir is a store in a directory of the local disk. Only one process may open it.
type Dir struct {
	root     *os.Root
	fsync    func(*os.File) error
	checking sync.Mutex

	mu      sync.Mutex
	durable map[string]bool // directories whose entry in the parent directory this process has fsynced
}

// tmpDir holds unfinished files. Object names cannot begin with a dot.
const tmpDir = ".tmp-incoming"

// NewDir opens a directory as a store. It creates the directory if it does not
// exist, and deletes unfinished files of an earlier process.
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

// makeDurably creates a directory with its parents, and fsyncs each directory in
// which it creates an entry.
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

// fileInfo describes a regular file. Other files are reported as not found.
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
	d.checking.Lock() // concurrent checks would read each other's half-written file
	defer d.checking.Unlock()
	name := path.Join(tmpDir, "check")
	if err := d.root.WriteFile(name, []byte(checkText), 0o600); err != nil {
		return unavailable(err)
	}
	data, err := d.root.ReadFile(name)
	if err == nil && string(data) != checkText {
		err = errors.New("blob: check: the bytes read differ from the bytes written")
	}
	return unavailable(err)
}

const checkText = "ok"

// Close implements [Store].
func (d *Dir) Close() error { return d.root.Close() }

// dirFault converts a file system error to a fault.
func dirFault(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return notFound(err)
	}
	return unavailable(err)
}
