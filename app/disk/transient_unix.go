//go:build unix

package disk

import (
	"errors"
	"syscall"
)

// IsTransient says that an error of a file operation goes away once descriptors or room
// on the disk are free again.
func IsTransient(err error) bool {
	return IsDescriptors(err) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// IsDescriptors says that there were no descriptors left, for this process or on the
// machine.
func IsDescriptors(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
