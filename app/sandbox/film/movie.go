package film

// movieScale is the units a second in which the film as a whole is measured.
const movieScale = 1000

// track is one stream of samples, all of equal duration.
type track struct {
	kind          string // "vide" or "soun"
	name          string
	width, height int    // 0 for sound
	entry         []byte // the sample entry: how to decode it
	scale, delta  uint32 // units a second, and units a sample
	sync          []byte // an stss box, if not every sample stands alone
	data          []byte // the samples, one after the other
	sizes         []uint32
}

func (t *track) add(sample ...[]byte) {
	size := 0
	for _, s := range sample {
		t.data = append(t.data, s...)
		size += len(s)
	}
	t.sizes = append(t.sizes, uint32(size))
}

func (t *track) units() uint32 { return uint32(len(t.sizes)) * t.delta }

// head is everything of the file before the samples: ftyp, moov and the
// header of mdat. The samples of each track follow in one chunk, in the order
// of the tracks.
func head(tracks ...*track) []byte {
	kind := box("ftyp", []byte("isom"), words(512), []byte("isomiso2avc1mp41"))
	size := 8
	for _, t := range tracks {
		size += len(t.data)
	}
	// Where the samples begin depends on the length of moov, which does not
	// depend on where they begin.
	start := len(kind) + len(moov(0, tracks)) + 8
	out := append(kind, moov(start, tracks)...)
	return append(out, append(words(uint32(size)), "mdat"...)...)
}

func moov(start int, tracks []*track) []byte {
	length := uint32(0)
	traks := make([][]byte, len(tracks))
	for i, t := range tracks {
		traks[i] = t.box(uint32(i+1), uint32(start))
		start += len(t.data)
		length = max(length, t.length())
	}
	parts := append([][]byte{full("mvhd", 0,
		words(0, 0, movieScale, length, 1<<16), // made, changed, scale, duration, speed
		halves(1<<8, 0), words(0, 0), unity(),  // volume
		words(0, 0, 0, 0, 0, 0, uint32(len(tracks)+1)))}, traks...) // next track
	return box("moov", parts...)
}

// length is the duration in units of the film.
func (t *track) length() uint32 {
	return uint32(uint64(t.units()) * movieScale / uint64(t.scale))
}

func (t *track) box(id, start uint32) []byte {
	volume, media := uint16(0), full("vmhd", 1, words(0, 0))
	if t.kind == "soun" {
		volume, media = 1<<8, full("smhd", 0, words(0))
	}
	return box("trak",
		full("tkhd", 3, // enabled, in the film
			words(0, 0, id, 0, t.length(), 0, 0), halves(0, 0, volume, 0), unity(),
			words(uint32(t.width)<<16, uint32(t.height)<<16)),
		box("mdia",
			full("mdhd", 0, words(0, 0, t.scale, t.units()), halves(0x55c4, 0)), // language: undetermined
			full("hdlr", 0, words(0), []byte(t.kind), words(0, 0, 0), []byte(t.name+"\x00")),
			box("minf", media,
				box("dinf", full("dref", 0, words(1), full("url ", 1))), // in this file
				t.table(start))))
}

// table says where each sample is and how long it lasts.
func (t *track) table(start uint32) []byte {
	n := uint32(len(t.sizes))
	return box("stbl",
		full("stsd", 0, words(1), t.entry),
		full("stts", 0, words(1, n, t.delta)),
		t.sync,
		full("stsc", 0, words(1, 1, n, 1)), // one chunk with all samples
		full("stsz", 0, words(0, n), words(t.sizes...)),
		full("stco", 0, words(1, start)))
}

// videoEntry describes H.264 samples with lengths of four bytes.
func videoEntry(f format) []byte {
	sps, pps := f.sps(), pps()
	return box("avc1",
		halves(0, 0, 0, 1), words(0, 0, 0, 0), halves(uint16(f.width), uint16(f.height)),
		words(72<<16, 72<<16, 0), halves(1), // dots an inch, one frame a sample
		make([]byte, 32), halves(24, 0xffff), // no name, colour without alpha
		box("avcC", []byte{1, profile, constraints, byte(f.level()), 0xff, 0xe1}, // four bytes of length, one sps
			halves(uint16(len(sps))), sps, []byte{1}, halves(uint16(len(pps))), pps),
		box("colr", []byte("nclx"), halves(bt709, bt709, bt709), []byte{0}),
		box("pasp", words(1, 1)))
}
