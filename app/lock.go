package app

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
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

	Probes string `json:"probes,omitempty"` // of /livez, /readyz and /metrics: see AIGC_METRICS_ADDR
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

// lock is a lock on a data folder itself, so that removing a file releases nothing. The
// kernel releases it when the process ends, also after SIGKILL. The lock file in the
// folder names the owner to others, and is locked as well, for older versions that know
// no other lock.
type lock struct {
	dir  string
	held *os.File // the folder

	mu   sync.Mutex
	file *os.File // the lock file
	LockOwner

	stop chan struct{}
	done sync.WaitGroup
}

const (
	lockTries   = 6
	lockPause   = 20 * time.Millisecond
	lockRestore = time.Second // how often the owner looks whether the lock file is still there
)

func takeLock(dir, role string) (*lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, dataDirError(err)
	}
	l := &lock{dir: dir, LockOwner: LockOwner{PID: os.Getpid(), Role: role}, stop: make(chan struct{})}
	err := l.take()
	for try := 1; errors.As(err, new(*LockedError)) && try < lockTries; try++ {
		time.Sleep(lockPause) // Running in another process may hold its shared lock for a moment
		err = l.take()
	}
	if locked := (*LockedError)(nil); errors.As(err, &locked) {
		locked.LockOwner = awaitLockOwner(dir)
	}
	if err != nil {
		return nil, err
	}
	l.done.Go(l.keepFile)
	return l, nil
}

// Lock takes the lock on a data folder for a command that starts no server. release ends it.
func Lock(dir, command string) (release func() error, err error) {
	l, err := takeLock(dir, command)
	if err != nil {
		return nil, err
	}
	return l.release, nil
}

// take takes both locks; if another process holds one, the error is a *LockedError.
func (l *lock) take() (err error) {
	if l.held, err = disk.LockDir(l.dir, true); err != nil {
		return fmt.Errorf("AIGC_DATA_DIR cannot be locked: %w", err)
	}
	if l.held == nil {
		return &LockedError{Dir: l.dir}
	}
	if err = l.openFile(); err == nil {
		err = l.write()
	}
	if err != nil {
		return errors.Join(err, l.held.Close())
	}
	return nil
}

// openFile opens and locks the lock file.
func (l *lock) openFile() error {
	f, err := os.OpenFile(lockFile(l.dir), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return dataDirError(err)
	}
	locked, err := disk.TryLock(f, true)
	switch {
	case err != nil:
		return errors.Join(fmt.Errorf("AIGC_DATA_DIR cannot be locked: %w", err), f.Close())
	case !locked:
		return errors.Join(&LockedError{Dir: l.dir}, f.Close())
	}
	l.file = f
	return nil
}

// keepFile makes the lock file again if it was removed or replaced, since it names the
// owner.
func (l *lock) keepFile() {
	tick := time.NewTicker(lockRestore)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
		}
		l.mu.Lock()
		have, err := l.file.Stat()
		there, thereErr := os.Stat(lockFile(l.dir))
		if err == nil && (thereErr != nil || !os.SameFile(have, there)) {
			old := l.file
			if err = l.openFile(); err == nil { // else the next tick tries again
				_ = old.Close()
				_ = l.writeLocked()
			}
		}
		l.mu.Unlock()
	}
}

func lockFile(dir string) string { return filepath.Join(dir, "lock") }

// awaitLockOwner reads who owns a folder. The lock file may be missing for a moment, until
// its owner notices, and then empty, until the owner writes it.
func awaitLockOwner(dir string) (h LockOwner) {
	for end := time.Now().Add(2 * lockRestore); ; time.Sleep(lockPause) {
		h, err := readLockOwner(dir)
		if err == nil && h.PID != 0 || time.Now().After(end) {
			return h
		}
	}
}

// dataDirError is the error of a data folder that cannot be created or written.
func dataDirError(err error) error {
	return fmt.Errorf("AIGC_DATA_DIR: %w; set it to a folder that this user can write", err)
}

// write writes the owner to the lock file.
func (l *lock) write() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.writeLocked()
}

func (l *lock) writeLocked() error {
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

// setAddresses names the addresses at which the owner listens.
func (l *lock) setAddresses(restURL, mcpURL, probes string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.URL, l.MCP, l.Probes = restURL, mcpURL, probes
	return l.writeLocked()
}

func (l *lock) release() error {
	close(l.stop)
	l.done.Wait()
	return errors.Join(l.file.Truncate(0), l.file.Close(), l.held.Close())
}

func readLockOwner(dir string) (LockOwner, error) {
	var h LockOwner
	data, err := os.ReadFile(lockFile(dir))
	if err != nil {
		return h, err
	}
	return h, json.Unmarshal(data, &h)
}

// Running returns the server that uses a data folder and listens for REST; nil if
// there is none.
func Running(dir string) *LockOwner {
	if h := owner(dir); h != nil && h.URL != "" {
		return h
	}
	return nil
}

// ProbeURL returns the base URL of /readyz of the process that uses a data folder, in any
// role; empty if there is none, or if it listens nowhere.
func ProbeURL(dir string) string {
	if h := owner(dir); h != nil {
		return cmp.Or(h.Probes, h.URL, h.MCP)
	}
	return ""
}

// owner returns the process that uses a data folder; nil if there is none.
func owner(dir string) *LockOwner {
	free, err := disk.LockDir(dir, false)
	if err != nil {
		return nil
	}
	if free != nil { // no process holds it, unless it is on a file system that locks no folder
		defer free.Close()
		f, err := os.OpenFile(lockFile(dir), os.O_RDWR, 0o600)
		if err != nil {
			return nil
		}
		defer f.Close()
		if unlocked, err := disk.TryLock(f, false); unlocked || err != nil {
			return nil
		}
	}
	h, err := readLockOwner(dir)
	if err != nil {
		return nil
	}
	return &h
}
