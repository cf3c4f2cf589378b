package film

import "encoding/binary"

// box is one box of ISO 14496-12: a size, a name of four letters, and the
// parts, one after the other.
func box(name string, parts ...[]byte) []byte {
	size := 8
	for _, p := range parts {
		size += len(p)
	}
	out := append(binary.BigEndian.AppendUint32(make([]byte, 0, size), uint32(size)), name...)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// full is a box with a version and flags.
func full(name string, flags uint32, parts ...[]byte) []byte {
	return box(name, append([][]byte{words(flags)}, parts...)...)
}

// words are numbers of 32 bits.
func words(v ...uint32) []byte {
	var out []byte
	for _, w := range v {
		out = binary.BigEndian.AppendUint32(out, w)
	}
	return out
}

// halves are numbers of 16 bits.
func halves(v ...uint16) []byte {
	var out []byte
	for _, w := range v {
		out = binary.BigEndian.AppendUint16(out, w)
	}
	return out
}

// unity is the transformation that changes nothing.
func unity() []byte { return words(1<<16, 0, 0, 0, 1<<16, 0, 0, 0, 1<<30) }
