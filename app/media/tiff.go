package media

import (
	"fmt"
	"io"
)

// tiffImage is what the directory of a TIFF's first image says.
type tiffImage struct {
	width, height    int64
	bits             int64 // per sample
	samples          int64 // per pixel
	compression      int64
	photometric      int64
	planar           int64
	orientation      int
	dng              bool
	offsets, counts  entry // of the strips or tiles
	profile          entry // an ICC profile
	rows             int64 // of a strip; 0: all
	tileWidth        int64 // 0: there are strips
	tileHeight       int64
	photometricGiven bool
}

// Values of fields of a TIFF.
const (
	tiffPlain       = 1 // compression: none
	tiffSeparate    = 2 // planar: each component in strips of its own
	tiffRGB         = 2 // photometric
	tiffPalette     = 3
	tiffCMYK        = 5
	tiffYCbCr       = 6
	maxTIFFSamples  = 64
	maxTIFFBlocks   = 1 << 20 // strips or tiles of one image
	maxTIFFBitDepth = 64
)

// readTIFF reads the directory of the first image; further images are ignored.
func readTIFF(s *source) (t tiffImage, d directory, err error) {
	t = tiffImage{bits: 1, samples: 1, compression: tiffPlain, planar: 1, orientation: upright}
	if d, err = readDirectory(s, 0, s.size); err != nil {
		return t, d, err
	}
	for i := range d.n {
		e, err := d.entry(i)
		if err != nil {
			return t, d, err
		}
		if e.tag == tagBits && e.count > 2 { // of several components, which all have the same
			b, err := s.at(e.at, 2)
			if err != nil {
				return t, d, err
			}
			e.value = int64(d.order.Uint16(b))
		}
		t.take(e)
	}
	return t, d, nil
}

func (t *tiffImage) take(e entry) {
	switch e.tag {
	case tagWidth:
		t.width = e.value
	case tagHeight:
		t.height = e.value
	case tagBits:
		t.bits = e.value
	case tagSamples:
		t.samples = e.value
	case tagCompression:
		t.compression = e.value
	case tagPhotometric:
		t.photometric, t.photometricGiven = e.value, true
	case tagPlanar:
		t.planar = e.value
	case tagRows:
		t.rows = e.value
	case tagTileWidth:
		t.tileWidth = e.value
	case tagTileHeight:
		t.tileHeight = e.value
	case tagOrientation:
		t.orientation = e.orientation()
	case tagDNGVersion:
		t.dng = true
	case tagStripOffsets, tagTileOffsets:
		t.offsets = e
	case tagStripCounts, tagTileCounts:
		t.counts = e
	case tagICC:
		t.profile = e
	}
}

// inspectTIFF reads the directory of the first image and requires that all its strips or
// tiles are in the file. Without compression they must be as large as the pixels.
func inspectTIFF(s *source, info *Info) error {
	t, d, err := readTIFF(s)
	if err != nil {
		return err
	}
	if t.dng {
		return errUnknownType // a camera's raw image, of which the first image may be a preview
	}
	if t.width <= 0 || t.height <= 0 || t.width > maxTIFFSide || t.height > maxTIFFSide || !t.photometricGiven ||
		t.samples <= 0 || t.samples > maxTIFFSamples || t.bits <= 0 || t.bits > maxTIFFBitDepth {
		return errDamaged
	}
	info.Width, info.Height, info.Orientation = int(t.width), int(t.height), t.orientation
	total, err := d.blocks(t.offsets, t.counts)
	if err != nil {
		return err
	}
	if t.compression == tiffPlain && total < (t.width*t.bits*t.samples+7)/8*t.height && t.photometric != tiffYCbCr {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// maxTIFFSide keeps the size of an image in bytes below the limit of int64.
const maxTIFFSide = 1 << 24

// blocks checks that all strips or tiles lie in the file, and adds up their sizes.
func (d *directory) blocks(offsets, counts entry) (total int64, err error) {
	if offsets.count == 0 || offsets.count != counts.count || offsets.count > maxTIFFBlocks {
		return 0, errDamaged
	}
	at, err := d.values(offsets)
	if err != nil {
		return 0, err
	}
	size, err := d.values(counts)
	if err != nil {
		return 0, err
	}
	for range offsets.count {
		off, err := at()
		if err != nil {
			return 0, err
		}
		n, err := size()
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, errDamaged
		}
		if off+n > d.s.size {
			return 0, io.ErrUnexpectedEOF
		}
		total += n
	}
	return total, nil
}

// values reads the numbers of an entry, one at each call.
func (d *directory) values(e entry) (next func() (int64, error), err error) {
	if e.kind != typeShort && e.kind != typeLong {
		return nil, errDamaged
	}
	r := d.s.from(e.at)
	return func() (int64, error) {
		var b [4]byte
		if _, err := io.ReadFull(r, b[:e.size()]); err != nil {
			return 0, err
		}
		if e.kind == typeShort {
			return int64(d.order.Uint16(b[:])), nil
		}
		return int64(d.order.Uint32(b[:])), nil
	}, nil
}

// blockMemory is what the decoder needs for one strip or tile beside the image: it reads
// as it is without compression, which is not longer than the file; with one up to eight
// bytes per pixel of any photometric, and twice that while the buffer grows.
func (t tiffImage) blockMemory(fileSize int64) int64 {
	if t.compression == tiffPlain {
		return fileSize
	}
	w, h := t.width, t.height
	if t.tileWidth > 0 {
		w, h = min(t.tileWidth, w+16), min(t.tileHeight, h+16) // the decoder refuses larger ones
	} else if t.rows > 0 {
		h = min(t.rows, h)
	}
	return 2 * 8 * w * h
}

// unsupported says what of a TIFF cannot be decoded; empty if all can.
func (t tiffImage) unsupported() string {
	switch {
	case t.photometric == tiffCMYK:
		return "it has CMYK colors"
	case t.photometric == tiffYCbCr:
		return "it has YCbCr colors"
	case t.photometric > tiffPalette:
		return "it has colors of an unusual model"
	case t.planar == tiffSeparate && t.samples > 1:
		return "its color components are stored apart (PlanarConfiguration 2)"
	case t.compression == 6 || t.compression == 7:
		return "it is compressed as JPEG"
	case t.bits != 1 && t.bits != 8 && t.bits != 16:
		return fmt.Sprintf("it has %d bits per component", t.bits)
	}
	return ""
}
