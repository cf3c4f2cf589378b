//go:build !linux

package disk

// Volatile is empty: nothing is known of the file system.
func Volatile(string) string { return "" }
