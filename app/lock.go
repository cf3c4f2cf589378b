package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"aigc/app/disk"
)

// LockOwner describes the process that uses a data folder; the content of the
// folder's lock file.
type LockOwner struct {
	PID  int    `json:"pid"`
	Role string `json:"role"`
	URL  string `json:"url,omitempty"` // its REST address, once it listens
	MCP  string `json:"mcp,omitempty"`
}

// LockedError means that another process uses the data folder.
type LockedError struct {
	Dir string
	LockOwner
}

func (e *LockedError) Error() string {
	who := fmt.Sprintf("aigc %s (process %d)", e.Role, e.PID)
	if e.PID == 0 { // the lock file is empty while a process starts or stops
		who = "another process"
	}
	s := fmt.Sprintf("the data folder %s is in use by %s", e.Dir, who)
	if e.URL != "" {
		s += " at " + e.URL
	}
	return s + "; stop it, or choose another AIGC_DATA_DIR"
}

// lock is an flock on a data folder's lock file. The kernel releases it when the
// process ends, also after SIGKILL.
type lock struct {
	file *os.File
	LockOwner
}

func takeLock(dir, role string) (*lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, dataDirError(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, dataDirError(err)
	}
	locked, err := disk.TryLock(f, true)
	for try := 0; !locked && err == nil && try < 5; try++ {
		time.Sleep(20 * time.Millisecond) // Running in another process may hold its shared lock for a moment
		locked, err = disk.TryLock(f, true)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("AIGC_DATA_DIR cannot be locked: %w", err), f.Close())
	}
	if !locked {
		h, _ := readLockOwner(dir)
		return nil, errors.Join(&LockedError{Dir: dir, LockOwner: h}, f.Close())
	}
	l := &lock{file: f, LockOwner: LockOwner{PID: os.Getpid(), Role: role}}
	return l, l.write()
}

// dataDirError is the error of a data folder that cannot be created or written.
func dataDirError(err error) error {
	return fmt.Errorf("AIGC_DATA_DIR: %w; set it to a folder that this user can write", err)
}

func (l *lock) write() error {
	data, err := json.Marshal(l.LockOwner)
	if err != nil {
		return err
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err = l.file.WriteAt(data, 0)
	return err
}

func (l *lock) release() error {
	return errors.Join(l.file.Truncate(0), l.file.Close())
}

func readLockOwner(dir string) (LockOwner, error) {
	var h LockOwner
	data, err := os.ReadFile(filepath.Join(dir, "lock"))
	if err != nil {
		return h, err
	}
	return h, json.Unmarshal(data, &h)
}

// Running returns the server that uses a data folder and listens for REST; nil if
// there is none.
func Running(dir string) *LockOwner {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0o600)
	if err != nil {
		return nil
	}
	defer f.Close()
	if free, err := disk.TryLock(f, false); free || err != nil {
		return nil // no process holds it
	}
	h, err := readLockOwner(dir)
	if err != nil || h.URL == "" {
		return nil
	}
	return &h
}
