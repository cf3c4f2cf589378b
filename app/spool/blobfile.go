package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

// blobFile counts and hashes what it stores. Close ends the writing: the file
// stays open until it is synced. The file is not embedded: its ReadFrom would
// let io.Copy go past the count.
type blobFile struct {
	file *os.File
	sum  hash.Hash
	blob Blob
}

func createBlob(path, name string) (*blobFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return &blobFile{file: f, sum: sha256.New(), blob: Blob{Name: name}}, nil
}

func (b *blobFile) Write(p []byte) (int, error) {
	n, err := b.file.Write(p)
	b.sum.Write(p[:n])
	b.blob.Size += int64(n)
	return n, err
}

func (b *blobFile) Close() error {
	b.blob.SHA256 = hex.EncodeToString(b.sum.Sum(nil))
	return nil
}

// Download keeps one fetched file beside a submission until its task succeeded:
// fill writes it. It is not durable, since it is fetched again should it be gone.
// An unfinished file is removed.
func (s *Spool) Download(taskID, submit, name string, fill func(io.Writer) error) (Blob, error) {
	if err := s.makeFolder(taskID, submit); err != nil { // there already, if the answer is journaled here
		return Blob{}, fmt.Errorf("spool: %w", err)
	}
	b, err := createBlob(s.Path(taskID, submit, name), name)
	if err != nil {
		return Blob{}, fmt.Errorf("spool: %w", err)
	}
	err = errors.Join(fill(b), b.Close(), b.file.Close())
	if err != nil {
		_ = os.Remove(b.file.Name())
		return Blob{}, err
	}
	return b.blob, nil
}
