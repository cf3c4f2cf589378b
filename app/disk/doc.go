// Package disk has the file system calls that differ between Unix and Windows:
// fsync of files and folders, free space, and file locks. All other packages use
// only package os.
package disk
