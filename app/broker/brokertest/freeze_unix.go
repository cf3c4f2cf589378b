//go:build unix

package brokertest

import "syscall"

// Freeze stops the server by SIGSTOP: connections are accepted by the kernel, but
// commands get no answer.
func (r *Redis) Freeze() { r.signal(syscall.SIGSTOP) }

// Thaw continues a frozen server by SIGCONT.
func (r *Redis) Thaw() { r.signal(syscall.SIGCONT) }

func (r *Redis) signal(s syscall.Signal) {
	r.t.Helper()
	if err := r.Process().Signal(s); err != nil {
		r.t.Fatal(err)
	}
}
