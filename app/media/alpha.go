package media

import "encoding/binary"

// Alpha is what an image has of transparency.
type Alpha int

// The kinds of transparency.
const (
	NoAlpha          Alpha = iota // no alpha channel
	OpaqueAlpha                   // an alpha channel in which every pixel is opaque
	TransparentAlpha              // at least one pixel is not opaque
)

// Alpha decodes an image, if it has an alpha channel, and looks for transparency.
func (st *Still) Alpha() (Alpha, error) {
	opaque := NoAlpha // of other formats than PNG it does not matter whether there is a channel
	switch st.MIME {
	case "image/jpeg":
		return NoAlpha, nil
	case "image/png":
		if has, err := st.s.pngAlpha(); !has || err != nil {
			return NoAlpha, err
		}
		opaque = OpaqueAlpha
	}
	img, err := st.Decode()
	switch {
	case err != nil:
		return NoAlpha, err
	case isOpaque(img):
		return opaque, nil
	}
	return TransparentAlpha, nil
}

// pngAlpha reports whether a PNG has an alpha channel, or transparent colors.
func (s *source) pngAlpha() (bool, error) {
	b, err := s.at(25, 1)
	if err != nil || b[0]&4 != 0 {
		return err == nil, err
	}
	off := int64(33)
	for {
		b, err := s.at(off, 8)
		if err != nil {
			return false, err
		}
		switch string(b[4:8]) {
		case "tRNS":
			return true, nil
		case "IDAT", "IEND":
			return false, nil
		}
		off += 12 + int64(binary.BigEndian.Uint32(b))
	}
}
