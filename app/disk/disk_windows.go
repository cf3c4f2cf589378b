package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// SyncAll makes everything durable that was written to files below dir.
func SyncAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		return errors.Join(Sync(f), f.Close())
	})
}

// Sync makes the content of a file durable. FlushFileBuffers works only on a file
// that is open for writing, so a file that is open for reading is opened again.
// For a folder Sync does nothing: Windows has no such call, and NTFS logs changes
// of folders itself.
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

// Free returns the free bytes of dir's file system that this user may use.
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

// lockedByte is the offset of the byte that TryLock locks, 4 EiB into the file: on
// Windows other handles cannot read locked bytes, so it must be behind the content.
const lockedByte = 1 << 30

// TryLock takes a lock (LockFileEx) on a file, exclusive or shared. It does not
// block: it returns false if a conflicting lock is held. Closing the file releases
// the lock, and so does the end of the process.
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

// Device identifies the volume that a path is on.
func Device(path string) string {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return path
	}
	var volume [windows.MAX_PATH + 1]uint16
	if err := windows.GetVolumePathName(name, &volume[0], uint32(len(volume))); err != nil {
		return path
	}
	return windows.UTF16ToString(volume[:])
}

// Open is not counted, since there is no limit.
func Open() (int, error) { return 0, nil }

// IsTransient says that an error of a file operation goes away once room on the disk is
// free again.
func IsTransient(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// IsDescriptors is false: Windows has no limit of descriptors.
func IsDescriptors(error) bool { return false }

// LockDir takes a lock that stands for a folder. On Windows folders cannot be locked, but
// an open file cannot be removed: the lock is that of a file in it.
func LockDir(dir string, exclusive bool) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "folder.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	locked, err := TryLock(f, exclusive)
	if !locked || err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
