package web

import (
	"net"

	"golang.org/x/sys/unix"
)

// unacked returns how many of the bytes that were written to a connection its peer has
// not acknowledged yet; 0 if that is unknown.
func unacked(c *net.TCPConn) (n int64) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		if queued, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ); err == nil { //nolint:gosec // a descriptor is a small number
			n = int64(queued)
		}
	})
	return n
}
