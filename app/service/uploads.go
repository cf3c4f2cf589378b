package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"os"
	"path/filepath"
	"sync"

	"aigc/app/capacity"
	"aigc/app/fault"
	"aigc/app/media"
	"aigc/app/task"
)

// uploadPrefix begins a placeholder. 160 random bits follow, so only the request
// that made the upload knows it.
const uploadPrefix = "lifted:"

// uploads holds the received files that are not assets yet, by placeholder.
type uploads struct {
	dir         string
	volume      *capacity.Volume
	keep        int64 // bytes that files leave free beyond all reservations
	descriptors *capacity.Descriptors

	mu    sync.Mutex
	files map[string]*upload
}

// What receiving one file takes.
const (
	uploadFiles   = 1 // descriptors
	downloadFiles = 3 // with a connection, and one to the name server
)

// upload is one file being received. It reserves room on the disk as it grows.
type upload struct {
	reserved *capacity.Reservation
	open     int      // descriptors that are reserved for it
	file     *os.File // not embedded: io.Copy would use its ReadFrom, which skips Write's size limit and hash
	in       *uploads
	path     string
	ref      string // the placeholder
	hash     hash.Hash
	size     int64
	err      error // why the file cannot be used; see Fail
}

// NewUpload implements [API].
func (s *Service) NewUpload(context.Context) (Upload, error) { return s.uploads.create(uploadFiles) }

// DiscardUploads implements [API].
func (s *Service) DiscardUploads(refs ...string) {
	for _, ref := range refs {
		if f, err := s.uploads.take(ref); err == nil {
			_ = f.Abort()
		}
	}
}

// create begins a file, for which it reserves descriptors until it is closed.
func (in *uploads) create(descriptors int) (*upload, error) {
	if !in.descriptors.Reserve(capacity.ForCaller, descriptors) {
		return nil, capacity.ErrDescriptors
	}
	token := task.RandomHex(20)
	path := filepath.Join(in.dir, token)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
	if err != nil {
		in.descriptors.Release(descriptors)
		return nil, diskFault(err)
	}
	l := &upload{file: f, in: in, path: path, ref: uploadPrefix + token, hash: sha256.New(), reserved: in.volume.Empty(), open: descriptors}
	in.mu.Lock()
	in.files[l.ref] = l
	in.mu.Unlock()
	return l, nil
}

// take returns the file of a placeholder and forgets the placeholder, so that it
// works once.
func (in *uploads) take(ref string) (*upload, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	l, ok := in.files[ref]
	if !ok {
		return nil, fault.New(fault.Invalid, "unknown_reference", notAFile).WithCharge(fault.ChargedNo)
	}
	delete(in.files, ref)
	return l, l.err
}

// failed returns why the file of a placeholder cannot be used, nil if it can, and whether
// the placeholder is known.
func (in *uploads) failed(ref string) (err error, known bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	l, known := in.files[ref]
	if known {
		err = l.err
	}
	return err, known
}

// Placeholder implements [Upload].
func (l *upload) Placeholder() string { return l.ref }

func (l *upload) Write(p []byte) (int, error) {
	if l.size+int64(len(p)) > media.MaxUpload {
		return 0, fault.New(fault.TooLarge, "file_too_large", "A file may have at most %d MB.", media.MaxUpload>>20).WithCharge(fault.ChargedNo)
	}
	if err := l.reserved.Grow(int64(len(p)), l.in.keep); err != nil {
		return 0, err
	}
	n, err := l.file.Write(p)
	l.reserved.Wrote(int64(n))
	l.hash.Write(p[:n])
	l.size += int64(n)
	if err != nil {
		err = diskFault(err)
	}
	return n, err
}

// Close implements [Upload].
func (l *upload) Close() error {
	l.reserved.Release()
	l.in.mu.Lock()
	n := l.open
	l.open = 0
	l.in.mu.Unlock()
	err := l.file.Close()
	l.in.descriptors.Release(n)
	return err
}

// Abort implements [Upload].
func (l *upload) Abort() error {
	l.in.mu.Lock()
	delete(l.in.files, l.ref)
	l.in.mu.Unlock()
	_ = l.Close()
	return os.Remove(l.path)
}

// Fail implements [Upload].
func (l *upload) Fail(err error) {
	l.in.mu.Lock()
	l.err = err
	l.in.mu.Unlock()
	_ = l.Close()
	_ = os.Remove(l.path)
}

func (l *upload) sum() string { return hex.EncodeToString(l.hash.Sum(nil)) }
