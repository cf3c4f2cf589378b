//go:build unix

package cli

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// unread reports whether the process that read w, a pipe or a socket, has closed its
// end.
func unread(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	closed := false
	err = conn.Control(func(fd uintptr) {
		state := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}} //nolint:gosec // a descriptor fits
		n, err := unix.Poll(state, 0)
		closed = err == nil && n == 1 && state[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0
	})
	return err == nil && closed
}
