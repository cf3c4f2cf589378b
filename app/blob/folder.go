package blob

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
)

// folder makes the names in it durable for many at a time: one sync serves all
// who changed it before.
type folder struct {
	name    string
	dir     *os.File // open, until the folder is forgotten
	info    os.FileInfo
	changes atomic.Int64

	mu     sync.Mutex
	synced int64 // changes up to here are durable
	failed int64 // up to here nobody knows: the kernel tells of a failure once
}

// changed counts a change just made, and returns its number.
func (f *folder) changed() int64 { return f.changes.Add(1) }

// settle returns when a change is durable.
func (f *folder) settle(change int64, sync func(name string) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case change <= f.failed:
		return errFolder
	case change <= f.synced:
		return nil
	}
	all := f.changes.Load()
	if err := sync(f.name); err != nil {
		f.failed = all
		return err
	}
	f.synced = all
	return nil
}

var errFolder = errors.New("the folder could not be made durable")

// makeFolder makes a folder whose name is durable, from the top down.
func (d *Dir) makeFolder(name string) (_ *folder, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.known[name]; f != nil {
		return f, nil
	}
	if len(d.known) >= maxFolders {
		d.forget()
	}
	if err := d.root.MkdirAll(name, 0o700); err != nil {
		return nil, trouble(err)
	}
	var missing []string
	for up := name; d.known[up] == nil; up = path.Dir(up) {
		missing = append(missing, up)
	}
	for _, name := range slices.Backward(missing) { // what is known has all above it durable
		if err := d.syncFolder(path.Dir(name)); err != nil {
			return nil, trouble(err)
		}
		if d.known[name], err = openFolder(d.root, name); err != nil {
			delete(d.known, name)
			return nil, trouble(err)
		}
	}
	return d.known[name], nil
}

func openFolder(root *os.Root, name string) (*folder, error) {
	dir, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := dir.Stat()
	if err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return &folder{name: name, dir: dir, info: info}, nil
}

// stands says whether a folder is still what its name leads to. It compares, and
// opens nothing, so it need not go through the root.
func (d *Dir) stands(f *folder) bool {
	info, err := os.Stat(filepath.Join(d.path, filepath.FromSlash(f.name)))
	return err == nil && os.SameFile(info, f.info)
}

// maxFolders bounds how many folders are open: a new one comes every day.
const maxFolders = 64

// forgetFolders lets every folder be made anew.
func (d *Dir) forgetFolders() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget()
}

func (d *Dir) forget() {
	for name, f := range d.known {
		if name == "." {
			continue
		}
		_ = f.dir.Close() // whoever is about to use it tries again
		delete(d.known, name)
	}
}

func (d *Dir) syncFolder(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// rename moves a file from one open folder to another. [os.Root] would walk to
// both of them first, which is most of what storing a small picture costs.
func rename(from *os.File, old string, to *os.File, name string) error {
	a, err := from.SyscallConn()
	if err != nil {
		return err
	}
	b, err := to.SyscallConn()
	if err != nil {
		return err
	}
	var inner, moved error
	err = a.Control(func(from uintptr) {
		inner = b.Control(func(to uintptr) { moved = syscall.Renameat(int(from), old, int(to), name) })
	})
	if err != nil || inner != nil { // one of them was closed meanwhile
		return errors.Join(fs.ErrClosed, err, inner)
	}
	return moved
}
