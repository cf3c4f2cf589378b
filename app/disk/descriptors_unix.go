//go:build unix

package disk

import "syscall"

// Descriptors returns how many files and sockets this process may have open: the soft
// limit RLIMIT_NOFILE in effect, which Go raises to the hard one when it starts.
func Descriptors() (int, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	return int(min(uint64(limit.Cur), maxDescriptors)), nil //nolint:gosec,unconvert // the type differs between systems; the limit fits
}
