package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"aigc/app/blob"
	"aigc/app/fault"
	"aigc/app/ledger"
	"aigc/app/spool"
)

// The names in a data folder, and so in a backup. Manifest is only in a backup.
const (
	ledgerName   = "aigc.db"
	objectsName  = "objects"
	spoolName    = "spool"
	manifestName = "backup.json"
)

// Manifest says what a backup holds.
type Manifest struct {
	Created time.Time `json:"created"`
	Version string    `json:"version"` // of the program
	Tasks   int64     `json:"tasks"`
	Held    int64     `json:"held"`    // queued tasks, which are not submitted before they are released
	Answers int       `json:"answers"` // in the spool
	Objects int64     `json:"objects"` // with thumbnails and sidecars
	Bytes   int64     `json:"bytes"`   // of the objects

	// Damaged are objects that a row names, and that are missing in the original or
	// differ from what was stored.
	Damaged []string `json:"damaged,omitempty"`
}

// Source is what is copied.
type Source struct {
	Dir        string // the data folder
	Version    string // of the program
	NoObjects  bool   // they are in a bucket
	OnProgress func(objects, bytes int64)
}

// Run copies the stores of a data folder to a new folder, or to a new tar file if the name
// of the target ends in ".tar". A server may go on using the data folder. With an error
// the target is incomplete and cannot be restored.
func Run(ctx context.Context, from Source, to string) (m Manifest, err error) {
	if within, err := isWithin(from.Dir, to); err != nil {
		return m, err
	} else if within {
		return m, fault.New(fault.Conflict, "target_in_source", "%s is in the data folder that is copied; name a place outside %s, on another disk if there is one", to, from.Dir)
	}
	t, err := newTarget(to)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, t.close(err == nil)) }()
	c := &copier{Source: from, target: t, manifest: Manifest{Created: time.Now().UTC(), Version: from.Version}}
	err = c.run(ctx)
	return c.manifest, err
}

type copier struct {
	Source
	target
	manifest Manifest
	ledger   *ledger.SQLite // the copy
}

func (c *copier) run(ctx context.Context) error {
	staged := c.staging() + ".ledger"
	defer func() {
		for _, end := range []string{"", "-wal", "-shm", "-journal"} {
			_ = os.Remove(staged + end)
		}
	}()
	if err := c.copyLedger(ctx, staged); err != nil {
		return err
	}
	var err error
	if c.ledger, err = ledger.OpenSQLite(ctx, staged); err != nil {
		return err
	}
	err = c.prepare(ctx)
	if err = errors.Join(err, c.ledger.Close()); err != nil {
		return err
	}
	f, err := os.Open(staged)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := c.putFile(ledgerName, f); err != nil {
		return err
	}
	data, err := json.MarshalIndent(c.manifest, "", "  ")
	if err != nil {
		return err
	}
	return c.put(manifestName, int64(len(data)), c.manifest.Created, bytes.NewReader(data))
}

// copyLedger copies the ledger, and the spool while the state that is copied is fixed.
func (c *copier) copyLedger(ctx context.Context, staged string) error {
	release := func() error { return nil }
	if _, err := os.Stat(filepath.Join(c.Dir, spoolName)); err == nil {
		if release, err = spool.Hold(filepath.Join(c.Dir, spoolName)); err != nil {
			return err
		}
	}
	err := ledger.CopySQLite(ctx, filepath.Join(c.Dir, ledgerName), staged, func() error { return c.copySpool(ctx) })
	return errors.Join(err, release())
}

// copySpool copies the spool's id and its complete answers. A folder without a record is
// of an answer that is being received.
func (c *copier) copySpool(ctx context.Context) error {
	root := filepath.Join(c.Dir, spoolName)
	if err := c.copyFile(filepath.Join(root, "id"), spoolName+"/id"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	folders, err := fs.Glob(os.DirFS(root), "*/*")
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if err := ctx.Err(); err != nil {
			return err
		}
		complete, err := spool.HasRecord(filepath.Join(root, folder))
		if err != nil {
			return err
		}
		if !complete {
			continue
		}
		files, err := os.ReadDir(filepath.Join(root, folder))
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := c.copyFile(filepath.Join(root, folder, f.Name()), path.Join(spoolName, filepath.ToSlash(folder), f.Name())); err != nil {
				return err
			}
		}
		c.manifest.Answers++
	}
	return nil
}

// prepare holds the queued tasks of the copied ledger, and copies the objects that it
// names.
func (c *copier) prepare(ctx context.Context) (err error) {
	if err := c.ledger.Migrate(ctx); err != nil { // its original may be of an older version
		return err
	}
	if c.manifest.Held, err = c.ledger.Hold(ctx); err != nil {
		return err
	}
	if c.manifest.Tasks, err = c.ledger.CountTasks(ctx); err != nil || c.NoObjects {
		return err
	}
	var gone []ledger.Stored
	err = c.ledger.Objects(ctx, func(o ledger.Stored) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := c.copyObject(o)
		if errors.Is(err, fs.ErrNotExist) {
			gone = append(gone, o)
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, o := range gone {
		if err := c.checkMissing(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// checkMissing handles an object that does not exist: it was deleted with its row during
// the copy, or it was missing before.
func (c *copier) checkMissing(ctx context.Context, o ledger.Stored) error {
	named, err := ledger.Names(ctx, filepath.Join(c.Dir, ledgerName), o)
	if err != nil {
		return err
	}
	if named {
		c.manifest.Damaged = append(c.manifest.Damaged, o.Object+": missing")
		return nil
	}
	return c.ledger.Forget(ctx, o)
}

// copyObject copies an object and those beside it. The error is fs.ErrNotExist if there is
// none.
func (c *copier) copyObject(o ledger.Stored) error {
	if err := blob.ValidName(o.Object); err != nil {
		return fmt.Errorf("object %q: %w", o.Object, err)
	}
	sum := sha256.New()
	size, err := c.copyStored(o.Object, sum)
	if err != nil {
		return err
	}
	if why := difference(o, size, sum); why != "" {
		c.manifest.Damaged = append(c.manifest.Damaged, o.Object+": "+why)
	}
	if o.Answer {
		return nil
	}
	for _, name := range blob.Beside(o.Object, o.MIME) {
		if _, err := c.copyStored(name, nil); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (c *copier) copyStored(object string, sum hash.Hash) (int64, error) {
	f, err := os.Open(filepath.Join(c.Dir, objectsName, filepath.FromSlash(object)))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	var r io.Reader = f
	if sum != nil {
		r = io.TeeReader(f, sum)
	}
	if err := c.put(objectsName+"/"+object, st.Size(), st.ModTime(), r); err != nil {
		return 0, err
	}
	c.manifest.Objects++
	c.manifest.Bytes += st.Size()
	if c.OnProgress != nil {
		c.OnProgress(c.manifest.Objects, c.manifest.Bytes)
	}
	return st.Size(), nil
}

func (c *copier) copyFile(file, name string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return c.putFile(name, f)
}

func (c *copier) putFile(name string, f *os.File) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	return c.put(name, st.Size(), st.ModTime(), f)
}

// isWithin reports whether a file that need not exist is in a folder, by any path.
func isWithin(dir, file string) (bool, error) {
	folder, err := os.Stat(dir)
	if err != nil {
		return false, err
	}
	if file, err = filepath.Abs(file); err != nil {
		return false, err
	}
	for { // to the part of the path that exists, and without links
		real, err := filepath.EvalSymlinks(file)
		if err == nil {
			file = real
			break
		}
		if up := filepath.Dir(file); up == file || !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		file = filepath.Dir(file)
	}
	for {
		st, err := os.Stat(file)
		if err != nil {
			return false, err
		}
		if os.SameFile(st, folder) {
			return true, nil
		}
		up := filepath.Dir(file)
		if up == file {
			return false, nil
		}
		file = up
	}
}

func exists(name string) *fault.Error {
	return fault.New(fault.Conflict, "target_not_empty", "%s exists; name a new folder, an empty one, or a new file that ends in .tar", name)
}
