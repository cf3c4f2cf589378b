package blob

import (
	"errors"
	"path"
	"slices"
	"sync"
	"sync/atomic"
)

// folder makes the names in it durable for many at a time: one sync serves all
// who changed it before.
type folder struct {
	name    string
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
func (d *Dir) makeFolder(name string) (*folder, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.known[name]; f != nil {
		return f, nil
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
		d.known[name] = &folder{name: name}
	}
	return d.known[name], nil
}

// forgetFolders lets every folder be made anew.
func (d *Dir) forgetFolders() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known = map[string]*folder{".": {name: "."}}
}

func (d *Dir) syncFolder(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
