//go:build unix

package disk

import (
	"errors"
	"os"
	"syscall"
)

// Sync makes a file, or the entries of a folder, durable: fsync.
func Sync(f *os.File) error { return f.Sync() }

// Free is how many bytes an unprivileged process may still write below dir.
func Free(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return int64(st.Bavail) * int64(st.Bsize), nil //nolint:unconvert // the types differ between systems
}

// TryLock takes an advisory lock on a file, exclusive or shared, and returns
// false at once where another process holds one that excludes it. The lock ends
// when the file is closed, and so with the process.
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
