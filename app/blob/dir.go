package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"sync"

	"aigc/app/fault"
)

// Dir is a store in a folder of this machine.
type Dir struct {
	root *os.Root
	path string

	incoming *os.File // the folder of unfinished files
	making   *os.Root // and the one in it where they are made
	spares   spares
	checking sync.Mutex

	mu    sync.Mutex
	known map[string]*folder // those whose names are durable
}

// tmpPrefix begins the names of unfinished files. No object's name does.
const tmpPrefix = ".tmp-"

// NewDir opens a folder as a store, makes it if needed, and removes what an
// earlier life left unfinished.
func NewDir(dir string) (*Dir, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	self, err := openFolder(root, ".")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("blob: %w", err), root.Close())
	}
	d := &Dir{root: root, path: dir, known: map[string]*folder{".": self}}
	if err := d.sweep(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// sweep removes unfinished files. They are all in one folder, so that it takes
// no walk.
func (d *Dir) sweep() error {
	err := d.root.RemoveAll(tmpDir)
	if err == nil {
		err = d.root.MkdirAll(makingDir, 0o700)
	}
	if err == nil {
		d.incoming, err = d.root.Open(tmpDir)
	}
	if err == nil {
		d.making, err = d.root.OpenRoot(makingDir)
	}
	if err == nil {
		d.spares.from, err = d.making.Open(".")
	}
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}

const tmpDir = tmpPrefix + "incoming"

// Open implements [Store].
func (d *Dir) Open(_ context.Context, name string) (io.ReadSeekCloser, Object, error) {
	if err := ValidName(name); err != nil {
		return nil, Object{}, err
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, Object{}, trouble(err)
	}
	o, err := describe(name, f)
	if err != nil {
		return nil, Object{}, errors.Join(err, f.Close())
	}
	return f, o, nil
}

func describe(name string, f *os.File) (Object, error) {
	st, err := f.Stat()
	if err != nil {
		return Object{}, trouble(err)
	}
	return object(name, st)
}

func object(name string, st fs.FileInfo) (Object, error) {
	if !st.Mode().IsRegular() {
		return Object{}, trouble(fs.ErrNotExist)
	}
	return Object{Name: name, Size: st.Size(), Modified: st.ModTime(), ETag: fmt.Sprintf(`"%x-%x"`, st.ModTime().UnixNano(), st.Size())}, nil
}

// Stat implements [Store].
func (d *Dir) Stat(_ context.Context, name string) (Object, error) {
	if err := ValidName(name); err != nil {
		return Object{}, err
	}
	st, err := d.root.Lstat(name)
	if err != nil {
		return Object{}, trouble(err)
	}
	return object(name, st)
}

// Delete implements [Store].
func (d *Dir) Delete(_ context.Context, name string) error {
	if err := ValidName(name); err != nil {
		return err
	}
	if err := d.root.Remove(name); err != nil {
		return trouble(err)
	}
	return nil
}

// List implements [Store].
func (d *Dir) List(ctx context.Context, prefix, after string, limit int) ([]Object, error) {
	var out []Object
	full := errors.New("full")
	err := d.walk(ctx, ".", func(name string, e fs.DirEntry) error {
		if !strings.HasPrefix(name, prefix) || name <= after || isSidecar(name) {
			return nil
		}
		st, err := e.Info()
		if err != nil {
			return nil //nolint:nilerr // it was deleted meanwhile
		}
		if o, err := object(name, st); err == nil {
			out = append(out, o)
		}
		if len(out) >= limit {
			return full
		}
		return nil
	}, prefix, after)
	if err != nil && !errors.Is(err, full) {
		return nil, trouble(err)
	}
	return out, nil
}

// walk visits files in the order of their names, and skips folders that can
// hold nothing between after and the end of prefix.
func (d *Dir) walk(ctx context.Context, dir string, visit func(string, fs.DirEntry) error, prefix, after string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(d.root.FS(), dir)
	if err != nil {
		return err
	}
	key := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	sort.Slice(entries, func(i, j int) bool { return key(entries[i]) < key(entries[j]) })
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case !e.IsDir():
			err = visit(name, e)
		case !overlaps(name+"/", prefix) || name+"/\xff" <= after:
		default:
			err = d.walk(ctx, name, visit, prefix, after)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func overlaps(folder, prefix string) bool {
	return strings.HasPrefix(folder, prefix) || strings.HasPrefix(prefix, folder)
}

// Check implements [Store].
func (d *Dir) Check(context.Context) error {
	d.checking.Lock() // two at a time would read each other's half
	defer d.checking.Unlock()
	name := path.Join(tmpDir, "check")
	if err := d.root.WriteFile(name, []byte("ok"), 0o600); err != nil {
		return trouble(err)
	}
	if data, err := d.root.ReadFile(name); err != nil || string(data) != "ok" {
		return trouble(fmt.Errorf("read back: %w", err))
	}
	return nil
}

// Close implements [Store].
func (d *Dir) Close() error {
	d.spares.close()
	d.forgetFolders()
	_ = d.known["."].dir.Close()
	_ = d.incoming.Close()
	if d.making != nil {
		_ = d.making.Close()
	}
	return d.root.Close()
}

// trouble is a file system's error as a fault.
func trouble(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.NotFound, "object_not_found", "There is no such object.")
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "storage_down", "Object storage does not answer.")
}
