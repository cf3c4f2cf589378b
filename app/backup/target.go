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
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = os.MkdirAll(name, 0o700)
	case len(list) > 0:
		err = exists(name)
	}
	if err != nil {
		return nil, err
	}
	return &folder{dir: name}, nil
}

// folder is a target that is a data folder.
type folder struct{ dir string }

func (f *folder) staging() string { return filepath.Join(f.dir, ".incomplete") }

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
		list, err := os.ReadDir(f.dir)
		for _, e := range list {
			err = errors.Join(err, os.RemoveAll(filepath.Join(f.dir, e.Name())))
		}
		return err
	}
	return disk.SyncAll(f.dir)
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
	f, err := os.OpenFile(name+incomplete, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
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
