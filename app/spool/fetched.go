package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Fetched stores one more file beside a submission while its results are
// fetched: fill writes it, and its content is durable when Fetched returns; its
// name is not, since it is fetched again should it be gone. An unfinished file
// is removed.
func (s *Spool) Fetched(taskID, submit, name string, fill func(io.Writer) error) (Blob, error) {
	path := s.Path(taskID, submit, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil { // there already, if the answer is journaled here
		return Blob{}, fmt.Errorf("spool: %w", err)
	}
	f, err := createFresh(path)
	if err != nil {
		return Blob{}, fmt.Errorf("spool: %w", err)
	}
	b := newBlobFile(f, name)
	if err := fill(b); err != nil {
		_ = f.Close()
		_ = os.Remove(path)
		return Blob{}, err
	}
	_ = b.Close() // ends the hash; cannot fail
	return b.blob, b.settle(s.Sync)
}

// createFresh makes a new file under a name. What had the name before is left
// alone, not overwritten: the object store may have adopted it.
func createFresh(path string) (*os.File, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
}
