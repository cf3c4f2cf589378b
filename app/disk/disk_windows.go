package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Sync makes a file durable. Windows flushes only what was opened for writing,
// so a file opened for reading is opened again; it has no call for a folder,
// whose entries NTFS keeps in a log of its own.
func Sync(f *os.File) error {
	st, err := f.Stat()
	if err != nil || st.IsDir() {
		return err
	}
	if err = f.Sync(); !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return err
	}
	w, err := os.OpenFile(f.Name(), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(w.Sync(), w.Close())
}

// Free is how many bytes this user may still write below dir.
func Free(dir string) (int64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, &os.PathError{Op: "GetDiskFreeSpaceEx", Path: dir, Err: err}
	}
	return int64(free), nil
}

// lockedByte is far behind the content of any file: on Windows no other handle can
// read bytes that are locked.
const lockedByte = 1 << 30

// TryLock takes a lock on a file, exclusive or shared, and returns false at
// once where another process holds one that excludes it. The lock ends when the
// file is closed, and so with the process.
func TryLock(f *os.File, exclusive bool) (bool, error) {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{OffsetHigh: lockedByte})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}
