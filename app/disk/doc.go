// Package disk holds the calls on files that each operating system spells its
// own way: fsync of files and folders, free space, and locks on files. All
// other packages use the os package alone.
package disk
