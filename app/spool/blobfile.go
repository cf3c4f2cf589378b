package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
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
// fill writes it. Its content is fsynced when Download returns, under a name that
// is given only then: an object may be linked to it. One that was downloaded
// before is not fetched again, since its address may be dead by now. An unfinished
// file is removed.
func (s *Spool) Download(taskID, submit, name string, fill func(io.Writer) error) (Blob, error) {
	if err := s.makeFolder(taskID, submit); err != nil { // there already, if the answer is journaled here
		return Blob{}, fmt.Errorf("spool: %w", err)
	}
	path := s.Path(taskID, submit, name)
	if b, err := readBlob(path, name); !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	part := path + ".part"
	b, err := createBlob(part, name)
	if err != nil {
		return Blob{}, fmt.Errorf("spool: %w", err)
	}
	if err = fill(b); err == nil {
		err = s.Sync(b.file)
	}
	err = errors.Join(err, b.Close(), b.file.Close())
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		_ = os.Remove(part)
		return Blob{}, err
	}
	return b.blob, nil
}

// readBlob describes a file that was downloaded before.
func readBlob(path, name string) (Blob, error) {
	f, err := os.Open(path)
	if err != nil {
		return Blob{}, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return Blob{Name: name, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}
