package disk

// MaxDescriptors is what [Descriptors] returns at most: the system sets no limit that matters.
const MaxDescriptors = 1 << 20
