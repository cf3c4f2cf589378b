package media

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"

	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
)

// Convert writes the image upright, with eight bits per component, its transparency and
// its color profile, as [ConvertedType] says.
func (st *Still) Convert(w io.Writer) error {
	img, err := st.Decode()
	if err != nil {
		return err
	}
	if st.Orientation != upright || wide(img) {
		img = turn(img, st.Orientation)
	}
	if st.MIME == "image/jpeg" {
		profile, err := st.s.jpegProfile()
		if err == nil {
			err = jpeg.Encode(&inserter{w: w, at: 2, text: profile}, img, &jpeg.Options{Quality: 95})
		}
		return err
	}
	profile, err := st.tiffProfile()
	if err != nil {
		return err
	}
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	return e.Encode(&inserter{w: w, at: 33, text: profile}, img)
}

// ConvertedType is the media type and the extension of what [Still.Convert] makes of an
// image: a JPEG of a JPEG, whose size stays about the same, else a PNG.
func ConvertedType(mime string) (converted, ext string) {
	if mime == "image/jpeg" {
		return "image/jpeg", ".jpg"
	}
	return "image/png", ".png"
}

// wide reports whether an image has more than eight bits per component.
func wide(img image.Image) bool {
	switch img.(type) {
	case *image.Gray16, *image.RGBA64, *image.NRGBA64:
		return true
	}
	return false
}

// inserter inserts text behind the first bytes of a file while it is written.
type inserter struct {
	w    io.Writer
	at   int // bytes until then
	text []byte
}

// Write implements [io.Writer].
func (i *inserter) Write(p []byte) (int, error) {
	if len(i.text) == 0 {
		return i.w.Write(p)
	}
	n := min(i.at, len(p))
	if done, err := i.w.Write(p[:n]); err != nil {
		return done, err
	}
	if i.at -= n; i.at > 0 {
		return n, nil
	}
	if _, err := i.w.Write(i.text); err != nil {
		return n, err
	}
	i.text = nil
	after, err := i.w.Write(p[n:])
	return n + after, err
}

// maxProfile is the limit of a color profile that is kept, in bytes.
const maxProfile = 4 << 20

// jpegProfile is the segments of a JPEG that have its color profile, as they are.
func (s *source) jpegProfile() (out []byte, err error) {
	const prefix = "ICC_PROFILE\x00"
	off := int64(2)
	for len(out) < maxProfile {
		b, err := s.at(off, 4+len(prefix))
		if err == io.ErrUnexpectedEOF || err == nil && (b[0] != 0xff || b[1] == 0xda) {
			break
		}
		if err != nil {
			return nil, err
		}
		length := 2 + int64(binary.BigEndian.Uint16(b[2:]))
		if b[1] == 0xe2 && string(b[4:]) == prefix {
			if out, err = s.appendTo(out, off, length); err != nil {
				return nil, err
			}
		}
		off += length
	}
	return out, nil
}

// tiffProfile is the color profile of a TIFF as a chunk of a PNG; nil if there is none.
func (st *Still) tiffProfile() ([]byte, error) {
	if st.MIME != mimeTIFF {
		return nil, nil
	}
	t, _, err := readTIFF(st.s)
	if err != nil || t.profile.count < 128 || t.profile.count > maxProfile || t.photometric != tiffRGB {
		return nil, err
	}
	raw, err := st.s.appendTo(nil, t.profile.at, t.profile.count)
	if err == io.ErrUnexpectedEOF {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	data.WriteString("iCCPicc\x00\x00")
	z := zlib.NewWriter(&data)
	_, _ = z.Write(raw) // into memory
	_ = z.Close()
	out := binary.BigEndian.AppendUint32(nil, uint32(data.Len()-4))
	out = append(out, data.Bytes()...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(data.Bytes())), nil
}

// appendTo appends length bytes of the file at off.
func (s *source) appendTo(out []byte, off, length int64) ([]byte, error) {
	if off < 0 || off > s.size-length {
		return nil, io.ErrUnexpectedEOF
	}
	b := make([]byte, length)
	if _, err := s.r.ReadAt(b, off); err != nil && err != io.EOF {
		return nil, err
	}
	return append(out, b...), nil
}
