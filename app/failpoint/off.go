//go:build !faults

package failpoint

import "time"

// Here does nothing in a build without the tag "faults".
func Here(string) {}

// Lease is the usual lease in a build without the tag "faults".
func Lease(usual time.Duration) time.Duration { return usual }
