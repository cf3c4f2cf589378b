package brokertest

// Freeze skips the test: Windows has no signal that stops a process.
func (r *Redis) Freeze() {
	r.t.Helper()
	r.t.Skip("Windows has no signal that suspends a process")
}

// Thaw is never reached.
func (r *Redis) Thaw() {}
