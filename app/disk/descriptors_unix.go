//go:build unix

package disk

import (
	"fmt"
	"os"
	"syscall"
)

// Device identifies the file system that a path is on.
func Device(path string) string {
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		return path
	}
	return fmt.Sprint(st.Dev)
}

// Descriptors returns how many files and sockets this process may have open: the soft
// limit RLIMIT_NOFILE in effect, which Go raises to the hard one when it starts.
func Descriptors() (int, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	return int(min(uint64(limit.Cur), MaxDescriptors)), nil //nolint:gosec,unconvert // the type differs between systems; the limit fits
}

// Open is how many descriptors this process has open.
func Open() (int, error) {
	dir := "/dev/fd"
	if st, err := os.Stat("/proc/self/fd"); err == nil {
		if st.Size() > 0 { // since Linux 6.2
			return int(st.Size()), nil
		}
		dir = "/proc/self/fd"
	}
	d, err := os.Open(dir)
	if err != nil {
		return 0, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	return len(names), err
}
