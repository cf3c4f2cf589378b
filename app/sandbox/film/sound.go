package film

// Sound is AAC of one channel.
const (
	soundRate    = 48000 // samples a second
	soundSamples = 1024  // in an AAC frame
)

// silence is an AAC frame without spectrum: a single channel element (id 0,
// instance 0) with a gain, one long window and no bands, then the end element.
//
//	000 0000 | gain 8 | 0 00 0 | bands 6 | 0 | pulse, tns, gain control 000 | end 111
func silence() []byte {
	var b bitWriter
	b.u(3, 0) // single channel element
	b.u(4, 0) // its instance
	b.u(8, 0) // gain, of nothing
	b.u(1, 0) // reserved
	b.u(2, 0) // one long window
	b.u(1, 0) // of sine shape
	b.u(6, 0) // no bands of scale factors
	b.u(1, 0) // no prediction
	b.u(3, 0) // no pulses, no shaping, no gain control
	b.u(3, 7) // end
	return b.out
}

// soundTrack is silence for at most the given seconds, to a frame.
func soundTrack(seconds int) *track {
	t := &track{kind: "soun", name: "sound", scale: soundRate, delta: soundSamples, entry: soundEntry()}
	for range seconds * soundRate / soundSamples {
		t.add(silence())
	}
	return t
}

// soundEntry describes AAC samples, ISO 14496-1 and -14.
func soundEntry() []byte {
	var config bitWriter
	config.u(5, 2) // AAC, low complexity
	config.u(4, 3) // 48000 Hz
	config.u(4, 1) // one channel
	config.u(3, 0)
	specific := descriptor(5, config.out)
	decoder := descriptor(4, []byte{0x40, 0x15, 0, 0, 0}, words(1500, 1500), specific) // AAC, a stream of sound
	return box("mp4a",
		halves(0, 0, 0, 1), words(0, 0), halves(1, 16), words(0, soundRate<<16),
		full("esds", 0, descriptor(3, halves(2), []byte{0}, decoder, descriptor(6, []byte{2}))))
}

// descriptor is a tagged part of esds; all of ours are short.
func descriptor(tag byte, parts ...[]byte) []byte {
	out := []byte{tag, 0}
	for _, p := range parts {
		out = append(out, p...)
	}
	out[1] = byte(len(out) - 2)
	return out
}
