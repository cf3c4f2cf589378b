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

// MaxOpen is how many descriptors this process may have open; 0: there is no limit, or it
// is not known.
func MaxOpen() int {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil || int64(l.Cur) <= 0 || int64(l.Cur) > 1<<30 { //nolint:unconvert // the types differ between systems
		return 0
	}
	return int(l.Cur) //nolint:unconvert // the types differ between systems
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
