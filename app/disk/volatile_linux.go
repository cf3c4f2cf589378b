package disk

import "golang.org/x/sys/unix"

// Volatile says why what is on the file system of a folder does not outlive the container
// or the machine's next start; empty if nothing says so.
func Volatile(dir string) string {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return ""
	}
	switch uint32(st.Type) { //nolint:gosec // a magic number, which is signed on some systems
	case unix.OVERLAYFS_SUPER_MAGIC:
		return "it is in the container's own file system, which is removed with the container"
	case unix.TMPFS_MAGIC, unix.RAMFS_MAGIC:
		return "it is in memory (tmpfs), which is lost at a restart of the machine or the pod"
	}
	return ""
}
