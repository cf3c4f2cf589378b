package film

// quant is the quantiser of the whole film, 0 (finest) to 51. Flat
// illustrations keep clean edges at this step.
const quant = 23

// format is what the stream's parameter sets say.
type format struct {
	width, height int // pixels shown
	mbWide, mbTal int // macroblocks coded
	fps           int
}

func newFormat(width, height, fps int) format {
	return format{width, height, (width + 15) / 16, (height + 15) / 16, fps}
}

// levels of H.264, table A-1: the number, macroblocks a second, macroblocks a
// picture.
var levels = [][3]int{
	{11, 3000, 396}, {12, 6000, 396}, {13, 11880, 396}, {21, 19800, 792}, {22, 20250, 1620}, {30, 40500, 1620},
	{31, 108000, 3600}, {32, 216000, 5120}, {40, 245760, 8192}, {42, 522240, 8704}, {50, 589824, 22080},
	{51, 983040, 36864}, {52, 2073600, 36864}, {60, 4177920, 139264}, {61, 8355840, 139264}, {62, 16711680, 139264},
}

// level is the lowest whose limits hold the film.
func (f format) level() int {
	size := f.mbWide * f.mbTal
	for _, l := range levels {
		side := max(f.mbWide, f.mbTal)
		if size*f.fps <= l[1] && size <= l[2] && side*side <= 8*l[2] {
			return l[0]
		}
	}
	return 62
}

// profile is constrained baseline, which every player knows.
const (
	profile     = 66
	constraints = 0xc0
)

// sps is the sequence parameter set: sizes, timing and colours.
func (f format) sps() []byte {
	var b bitWriter
	b.u(8, profile)
	b.u(8, constraints)
	b.u(8, uint32(f.level()))
	b.ue(0)   // its id
	b.ue(4)   // frame numbers have 4+4 bits
	b.ue(2)   // pictures are shown in the order they are coded
	b.ue(1)   // one reference picture
	b.u(1, 0) // frame numbers have no gaps
	b.ue(f.mbWide - 1)
	b.ue(f.mbTal - 1)
	b.flag(true) // no interlacing
	b.flag(true) // unused: direct_8x8_inference
	right, bottom := f.mbWide*16-f.width, f.mbTal*16-f.height
	b.flag(right+bottom > 0)
	if right+bottom > 0 {
		b.ue(0) // in steps of two pixels
		b.ue(right / 2)
		b.ue(0)
		b.ue(bottom / 2)
	}
	b.flag(true) // usability information follows
	f.vui(&b)
	b.trail()
	return appendUnit(nil, unitSPS, b.out)
}

// vui tells players the colours and the frame rate.
func (f format) vui(b *bitWriter) {
	b.flag(false) // square pixels
	b.flag(false) // overscan
	b.flag(true)  // video signal type:
	b.u(3, 5)     // unspecified source
	b.flag(false) // studio range
	b.flag(true)  // colour description:
	b.u(8, bt709) // primaries
	b.u(8, bt709) // transfer
	b.u(8, bt709) // matrix
	b.flag(false) // chroma location
	b.flag(true)  // timing:
	b.u(32, 1)
	b.u(32, uint32(2*f.fps)) // in fields
	b.flag(true)             // fixed
	b.flag(false)            // NAL HRD
	b.flag(false)            // VCL HRD
	b.flag(false)            // picture structure
	b.flag(true)             // restrictions, so that players need not buffer:
	b.flag(true)             // motion may point outside
	b.ue(0)                  // any number of bytes a picture
	b.ue(0)                  // and of bits a macroblock
	b.ue(10)                 // motion up to 2^10 quarter pixels
	b.ue(10)
	b.ue(0) // no reordering
	b.ue(1) // one picture kept
}

// pps is the picture parameter set: CAVLC, one reference, our quantiser.
func pps() []byte {
	var b bitWriter
	b.ue(0)          // its id
	b.ue(0)          // that of the sps
	b.flag(false)    // CAVLC
	b.flag(false)    // no field order
	b.ue(0)          // one slice group
	b.ue(0)          // one reference forward
	b.ue(0)          // and backward
	b.flag(false)    // no weights
	b.u(2, 0)        // nor for B pictures
	b.se(quant - 26) // quantiser
	b.se(0)          // of switching pictures
	b.se(0)          // chroma uses the same
	b.flag(true)     // slices say whether to smooth block edges
	b.flag(false)    // intra prediction may use everything
	b.flag(false)    // no redundant pictures
	b.trail()
	return appendUnit(nil, unitPPS, b.out)
}
