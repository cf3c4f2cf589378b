package backup

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aigc/app/disk"
	"aigc/app/fault"
)

// target takes the files of a backup, by their names in the data folder. The ledger comes
// last but one, so that an incomplete backup has none.
type target interface {
	put(name string, size int64, modified time.Time, r io.Reader) error
	staging() string // a path beside which files can be made
	close(complete bool) error
}

func newTarget(name string) (target, error) {
	if strings.EqualFold(filepath.Ext(name), ".tar") {
		return newTarTarget(name)
	}
	list, err := os.ReadDir(name)
	f := &folder{dir: name}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = os.MkdirAll(name, 0o700)
	case err == nil && len(list) > 0 && Interrupted(name) == nil:
		err = exists(name)
	}
	if err == nil {
		err = f.mark()
	}
	if err == nil {
		err = f.clear() // what a killed process left; the folder was empty before
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// folder is a target that is a data folder. A file in it, the mark, says that it is not
// complete; a process that writes to the folder holds a lock on the mark.
type folder struct {
	dir  string
	held *os.File // the mark
}

// mark makes the mark, before anything else is in the folder, or takes over that of a process
// that was killed.
func (f *folder) mark() (err error) {
	f.held, err = openLocked(f.staging())
	return err
}

// unmark makes all files durable, and then removes the mark.
func (f *folder) unmark() error {
	if err := disk.SyncAll(f.dir); err != nil {
		return errors.Join(err, f.held.Close())
	}
	if err := f.removeMark(); err != nil {
		return err
	}
	return syncFolder(f.dir)
}

func (f *folder) removeMark() error { return errors.Join(f.held.Close(), os.Remove(f.staging())) }

// openLocked opens a file, or makes it, and locks it: of two processes that write the same
// backup, the second gets an error.
func openLocked(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	locked, err := disk.TryLock(f, true)
	if err == nil && !locked {
		err = fault.New(fault.Conflict, "backup_running", "another process writes this backup: it has locked %s", name)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Interrupted returns an error if a folder holds a part of a backup, because the copying was
// killed or has not ended. A server must not start on it: it has no ledger, or not all of it.
func Interrupted(dir string) error {
	switch _, err := os.Lstat((&folder{dir: dir}).staging()); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return fault.New(fault.Conflict, "backup_incomplete", "%s holds a part of a backup: aigc backup or aigc restore was interrupted, or has not ended; call it again", dir)
}

func (f *folder) staging() string { return filepath.Join(f.dir, incomplete) }

func (f *folder) put(name string, size int64, modified time.Time, r io.Reader) error {
	file := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = copyExactly(out, r, size, name)
	if err = errors.Join(err, out.Close()); err == nil {
		err = os.Chtimes(file, modified, modified)
	}
	return err
}

// close makes all files durable. If the backup is incomplete, it removes them: the folder
// was empty.
func (f *folder) close(complete bool) error {
	if !complete {
		if err := f.clear(); err != nil {
			return errors.Join(err, f.held.Close())
		}
		return f.removeMark()
	}
	return f.unmark()
}

// clear removes everything in the folder but the mark.
func (f *folder) clear() error {
	list, err := os.ReadDir(f.dir)
	for _, e := range list {
		if e.Name() != incomplete {
			err = errors.Join(err, os.RemoveAll(filepath.Join(f.dir, e.Name())))
		}
	}
	return err
}

// tarFile is a target that is a tar file. It has another name until it is complete.
type tarFile struct {
	name string
	file *os.File
	tar  *tar.Writer
}

const incomplete = ".incomplete"

func newTarTarget(name string) (*tarFile, error) {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return nil, exists(name)
	}
	f, err := openLocked(name + incomplete)
	if err != nil {
		return nil, err
	}
	if err := f.Truncate(0); err != nil { // what a killed process left
		return nil, errors.Join(err, f.Close())
	}
	return &tarFile{name: name, file: f, tar: tar.NewWriter(f)}, nil
}

func (t *tarFile) staging() string { return t.name + incomplete }

func (t *tarFile) put(name string, size int64, modified time.Time, r io.Reader) error {
	if err := t.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: modified, Format: tar.FormatPAX}); err != nil {
		return err
	}
	return copyExactly(t.tar, r, size, name)
}

func (t *tarFile) close(complete bool) error {
	err := t.tar.Close()
	if !complete {
		return errors.Join(t.file.Close(), os.Remove(t.name+incomplete))
	}
	if err == nil {
		err = disk.Sync(t.file)
	}
	if err = errors.Join(err, t.file.Close()); err == nil {
		err = os.Rename(t.name+incomplete, t.name)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(t.name))
	}
	return err
}

// syncFolder makes the entries of a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(disk.Sync(d), d.Close())
}

func copyExactly(w io.Writer, r io.Reader, size int64, name string) error {
	n, err := io.Copy(w, io.LimitReader(r, size))
	if err == nil && n < size {
		err = fmt.Errorf("%s became shorter while it was copied", name)
	}
	return err
}
