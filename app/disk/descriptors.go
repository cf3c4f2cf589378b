package disk

// maxDescriptors is what [Descriptors] returns at most, and for "unlimited".
const maxDescriptors = 1 << 20
