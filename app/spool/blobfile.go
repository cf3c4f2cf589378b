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

// blobFile is a file that counts and hashes what is written to it. Close computes
// the hash and leaves the file open, to be synced. The *os.File is not embedded:
// io.Copy would use its ReadFrom, which bypasses the count and the hash.
type blobFile struct {
	file  *os.File
	write func([]byte) (int, error)
	sum   hash.Hash
	blob  Blob
}

func createBlob(path, name string) (*blobFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return &blobFile{file: f, write: f.Write, sum: sha256.New(), blob: Blob{Name: name}}, nil
}

// createBlob creates a file for bytes of the answer, which waits until there is room for
// them.
func (w *Writer) createBlob(name string) (b *blobFile, err error) {
	err = persist(func() (err error) { b, err = createBlob(w.path(name), name); return err })
	if err != nil {
		return nil, err
	}
	b.write = func(p []byte) (int, error) {
		n, err := writeAll(b.file, p)
		w.Reserved.Wrote(int64(n))
		return n, err
	}
	return b, nil
}

// writeAll writes p as soon as there is room for it.
func writeAll(f *os.File, p []byte) (written int, err error) {
	err = persist(func() error {
		n, err := f.Write(p[written:])
		written += n
		return err
	})
	return written, err
}

func (b *blobFile) Write(p []byte) (int, error) {
	n, err := b.write(p)
	b.sum.Write(p[:n])
	b.blob.Size += int64(n)
	return n, err
}

func (b *blobFile) Close() error {
	b.blob.SHA256 = hex.EncodeToString(b.sum.Sum(nil))
	return nil
}

// Download stores a file, written by fill, in the folder of a submission. Its
// content is fsynced before it gets its name, so that an object may be a hard link
// to it. A file that was downloaded before is not filled again, since its URL may
// have expired. If fill fails, the incomplete file is removed and the error is
// returned.
func (s *Spool) Download(taskID, submit, name string, fill func(io.Writer) error) (Blob, error) {
	if err := s.makeFolder(taskID, submit); err != nil { // it exists if the answer is journaled here
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

// readBlob hashes a file that was downloaded before.
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
