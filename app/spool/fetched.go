package spool

import (
	"fmt"
	"io"
	"os"
)

// Fetched stores one more file beside a submission while its results are
// fetched: fill writes it, and it is durable when Fetched returns. An
// unfinished file is removed.
func (s *Spool) Fetched(taskID, submit, name string, fill func(io.Writer) error) (Blob, error) {
	e := s.Begin(taskID, submit)
	e.Prepare()
	if err := <-e.ready; err != nil {
		return Blob{}, fmt.Errorf("spool: %w", err)
	}
	path := s.Path(taskID, submit, name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
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
	return b.blob, b.sync()
}
