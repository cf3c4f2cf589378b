package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/ledger"
)

// Restore copies a backup, which is a folder or a tar file, into a data folder that no
// process uses and that has no ledger. Then it compares every object with its row. With an
// error the data folder has no ledger.
func Restore(ctx context.Context, from, dir string) (m Manifest, err error) {
	t := &restoring{folder: folder{dir: dir}}
	interrupted := Interrupted(dir) != nil
	for _, name := range []string{ledgerName, objectsName, spoolName} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !interrupted && !errors.Is(err, fs.ErrNotExist) {
			return m, fault.New(fault.Conflict, "target_not_empty", "%s has %s already; restore into an empty folder: set AIGC_DATA_DIR", dir, name)
		}
	}
	if err := t.mark(); err != nil {
		return m, err
	}
	defer func() {
		if err == nil {
			return
		}
		if left := t.discard(); left != nil {
			err = errors.Join(err, left, t.held.Close())
		} else {
			err = errors.Join(err, t.removeMark())
		}
	}()
	if err := t.discard(); err != nil { // what a killed process left; the folder had none of it before
		return m, err
	}
	if st, statErr := os.Stat(from); statErr != nil {
		return m, statErr
	} else if st.IsDir() {
		err = eachInFolder(ctx, from, t.take)
	} else {
		err = eachInTar(ctx, from, t.take)
	}
	if err != nil {
		return m, err
	}
	if m, err = t.verify(ctx); err != nil {
		return m, err
	}
	if err := os.Rename(filepath.Join(dir, t.ledger()), filepath.Join(dir, ledgerName)); err != nil {
		return m, err
	}
	return m, t.unmark()
}

type restoring struct {
	folder
	manifest []byte
}

// discard removes what was restored. The folder may have other files, such as its lock.
func (t *restoring) discard() error {
	names := []string{filepath.Join(t.dir, ledgerName), filepath.Join(t.dir, objectsName), filepath.Join(t.dir, spoolName)}
	for _, staged := range []string{filepath.Join(t.dir, t.ledger()), t.staging() + ".ledger"} { // of a restore, of a backup
		names = append(names, staged, staged+"-wal", staged+"-shm", staged+"-journal")
	}
	var err error
	for _, name := range names {
		err = errors.Join(err, os.RemoveAll(name))
	}
	return err
}

// ledger is the name of the ledger until everything is verified.
func (t *restoring) ledger() string { return ledgerName + incomplete }

// take takes a file of the backup. Other files than those of a backup are ignored, such as
// the lock of a server that was started on it.
func (t *restoring) take(name string, size int64, modified time.Time, r io.Reader) (err error) {
	top, _, below := strings.Cut(name, "/")
	switch {
	case !fs.ValidPath(name) || !filepath.IsLocal(filepath.FromSlash(name)):
		return fmt.Errorf("the backup has a file with the name %q, which leads out of it", name)
	case name == manifestName:
		t.manifest, err = io.ReadAll(io.LimitReader(r, 16<<20))
		return err
	case strings.HasPrefix(name, ledgerName): // also the WAL of a server that was started on it
		name = t.ledger() + strings.TrimPrefix(name, ledgerName)
	case !below || top != objectsName && top != spoolName:
		return nil
	}
	return t.put(name, size, modified, r)
}

// verify compares the objects with their rows.
func (t *restoring) verify(ctx context.Context) (m Manifest, err error) {
	if t.manifest == nil {
		return m, fault.New(fault.Conflict, "not_a_backup", "This is no complete backup: it has no %s", manifestName)
	}
	if err := json.Unmarshal(t.manifest, &m); err != nil {
		return m, fmt.Errorf("%s: %w", manifestName, err)
	}
	if _, err := os.Lstat(filepath.Join(t.dir, t.ledger())); err != nil {
		return m, fault.New(fault.Conflict, "not_a_backup", "This is no complete backup: it has no %s", ledgerName)
	}
	l, err := ledger.OpenSQLite(ctx, filepath.Join(t.dir, t.ledger()))
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if m.Objects == 0 {
		return m, nil
	}
	m.Damaged = nil
	err = l.Objects(ctx, func(o ledger.Stored) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if why := compare(filepath.Join(t.dir, objectsName, filepath.FromSlash(o.Object)), o); why != "" {
			m.Damaged = append(m.Damaged, o.Object+": "+why)
		}
		return nil
	})
	return m, err
}

// compare says how a file differs from what a row says; empty: it does not.
func compare(file string, o ledger.Stored) string {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "missing"
	}
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return err.Error()
	}
	return difference(o, n, sum)
}

// difference says how the size and the SHA-256 of a file differ from what a row says;
// empty: they do not. A row without a SHA-256 is compared by its size.
func difference(o ledger.Stored, size int64, sum hash.Hash) string {
	if size != o.Size || o.SHA256 != "" && hex.EncodeToString(sum.Sum(nil)) != o.SHA256 {
		return "differs from what was stored"
	}
	return ""
}

type takeFile func(name string, size int64, modified time.Time, r io.Reader) error

func eachInFolder(ctx context.Context, dir string, take takeFile) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		st, err := f.Stat()
		if err != nil {
			return err
		}
		return take(filepath.ToSlash(name), st.Size(), st.ModTime(), f)
	})
}

func eachInTar(ctx context.Context, file string, take takeFile) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := take(h.Name, h.Size, h.ModTime, r); err != nil {
			return err
		}
	}
}
