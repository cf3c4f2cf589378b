package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"os"
	"path/filepath"
	"sync"

	"aigc/app/fault"
	"aigc/app/media"
	"aigc/app/task"
)

// liftPrefix begins a reference to a received file. The rest cannot be guessed.
const liftPrefix = "lifted:"

// intake holds files that were received and belong to no asset yet.
type intake struct {
	mu    sync.Mutex
	files map[string]*lifted
}

// lifted is one file being received.
type lifted struct {
	file *os.File // not embedded: its ReadFrom would go past the count
	in   *intake
	path string
	ref  string
	hash hash.Hash
	size int64
}

// Lift implements [API].
func (s *Service) Lift(context.Context) (Lifted, error) { return s.intake.create(s.Intake) }

// Drop implements [API].
func (s *Service) Drop(refs ...string) {
	for _, ref := range refs {
		if f, err := s.intake.take(ref); err == nil {
			_ = f.Abort()
		}
	}
}

func (in *intake) create(dir string) (*lifted, error) {
	token := task.Token(20)
	path := filepath.Join(dir, token)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fault.Wrap(err, fault.StorageFull, "storage_full", "There is no room to receive the file.").With(fault.ChargedNo)
	}
	l := &lifted{file: f, in: in, path: path, ref: liftPrefix + token, hash: sha256.New()}
	in.mu.Lock()
	in.files[l.ref] = l
	in.mu.Unlock()
	return l, nil
}

// take hands a file to whoever knows its reference, once.
func (in *intake) take(ref string) (*lifted, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	l, ok := in.files[ref]
	if !ok {
		return nil, fault.New(fault.Invalid, "unknown_reference", "expected an http(s) URL, a data URL, base64 or an asset id").With(fault.ChargedNo)
	}
	delete(in.files, ref)
	return l, nil
}

// Ref implements [Lifted].
func (l *lifted) Ref() string { return l.ref }

func (l *lifted) Write(p []byte) (int, error) {
	if l.size+int64(len(p)) > media.MaxUpload {
		return 0, fault.New(fault.TooLarge, "file_too_large", "A file may have at most %d MB.", media.MaxUpload>>20).With(fault.ChargedNo)
	}
	n, err := l.file.Write(p)
	l.hash.Write(p[:n])
	l.size += int64(n)
	return n, err
}

// Close ends the receiving.
func (l *lifted) Close() error { return l.file.Close() }

// Abort implements [Lifted].
func (l *lifted) Abort() error {
	l.in.mu.Lock()
	delete(l.in.files, l.ref)
	l.in.mu.Unlock()
	_ = l.file.Close()
	return os.Remove(l.path)
}

func (l *lifted) sum() string { return hex.EncodeToString(l.hash.Sum(nil)) }
