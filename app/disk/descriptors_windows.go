package disk

// Descriptors returns how many files and sockets this process may have open. Windows
// has no such limit.
func Descriptors() (int, error) { return MaxDescriptors, nil }
