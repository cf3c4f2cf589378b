//go:build unix

package disk

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Sync calls fsync: it makes the content of a file, or the entries of a folder,
// durable.
func Sync(f *os.File) error { return f.Sync() }

// SyncAll makes everything durable that was written to files below dir.
func SyncAll(string) error {
	unix.Sync() // on Linux it returns when all is written
	return nil
}

// Free returns the free bytes of dir's file system that an unprivileged process
// may use.
func Free(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return int64(st.Bavail) * int64(st.Bsize), nil //nolint:unconvert // the types differ between systems
}

// TryLock takes an advisory lock (flock) on a file, exclusive or shared. It does not
// block: it returns false if a conflicting lock is held. Closing the file releases
// the lock, and so does the end of the process.
func TryLock(f *os.File, exclusive bool) (bool, error) {
	how := syscall.LOCK_SH
	if exclusive {
		how = syscall.LOCK_EX
	}
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// LockDir takes a lock on a folder itself, exclusive or shared, which no removed or replaced
// file in it releases. It does not block: the lock is nil if another process holds one. Closing it
// releases the lock, and so does the end of the process.
func LockDir(dir string, exclusive bool) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	locked, err := TryLock(f, exclusive)
	if errors.Is(err, syscall.EBADF) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EINVAL) {
		return f, nil // a file system, such as NFS, that locks no folder; the lock file in it has to do
	}
	if !locked || err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
