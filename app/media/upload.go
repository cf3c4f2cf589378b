package media

import (
	"errors"
	"io"

	"aigc/app/fault"
)

// MaxUpload is the limit of a caller's file in bytes.
const MaxUpload = 50 << 20

// MaxPixels is the limit of a caller's image or video: width times height. No vendor takes
// more, and a header that says more is the usual sign of a file made to exhaust memory.
const MaxPixels = 100_000_000

// supported are the types of a caller's file.
const supported = "PNG, JPEG, GIF, WebP, BMP, TIFF, SVG and MP4"

// Upload is [Inspect] for a caller's file. The error of a file that is too large is a
// fault of kind TooLarge; of a file that is empty, damaged or cut short, of one whose data
// does not fit the size in its header, or of one with too many pixels Invalid; of a file
// of another type, or an SVG that could run script or load something, Unsupported.
func Upload(r io.ReaderAt, size int64) (Info, error) {
	if size > MaxUpload {
		return Info{}, fault.New(fault.TooLarge, "file_too_large", "A file may have at most %d MB.", MaxUpload>>20).WithCharge(fault.ChargedNo)
	}
	s := &source{r: r, size: size}
	head, err := readHead(r, size)
	if err != nil {
		return Info{}, err
	}
	if f := sniff(head); f != nil && f.kind == Video && boxedFormat(head) != nameMP4 {
		return Info{}, unsupported(head)
	}
	info, err := Inspect(r, size)
	if err == nil && info.Width > MaxPixels/max(info.Height, 1) && info.MIME != mimeSVG {
		return Info{}, fault.New(fault.Invalid, "too_many_pixels", "The file says that it has %dx%d pixels; at most %d megapixels are taken. Scale it down.",
			info.Width, info.Height, MaxPixels/1_000_000).WithCharge(fault.ChargedNo)
	}
	if err == nil && info.silent {
		return Info{}, unsupported(head)
	}
	if err == nil && info.unread {
		return Info{}, tooComplex(fault.Invalid).WithCharge(fault.ChargedNo)
	}
	var f *fault.Error
	switch {
	case err == nil:
		err = s.check(info)
	case errors.As(err, &f):
		err = uploadFault(f, head)
	}
	if err != nil {
		return Info{}, err
	}
	return info, nil
}

// check is what a caller's file must comply with beside [Inspect].
func (s *source) check(info Info) error {
	if info.MIME == mimeSVG {
		return checkSVG(s)
	}
	err := verify(s, info)
	f := formatOf(info.MIME)
	switch {
	case err == errLies:
		return fault.New(fault.Invalid, "file_damaged", "The %s says that it has %dx%d pixels, but its image data is of another size. Save it again with an image editor.",
			f.name, info.Width, info.Height).WithCharge(fault.ChargedNo)
	case err != nil:
		if bad := f.invalid(err); bad != nil {
			return uploadFault(bad, nil)
		}
	}
	return err
}

// uploadFault turns a fault of [Inspect] into one for a caller.
func uploadFault(f *fault.Error, head []byte) error {
	switch f.Code {
	case "unknown_file_type":
		return unsupported(head)
	case "empty_result":
		return fault.New(fault.Invalid, "empty_file", "%s", f.Message).WithCharge(fault.ChargedNo)
	}
	return fault.New(fault.Invalid, f.Code, "%s", f.Message).WithCharge(fault.ChargedNo)
}

// unsupported is the fault of a file whose type is not supported. It names the type if it
// is known, and says what to do.
func unsupported(head []byte) error {
	text := "The file is not an image or video of a supported type."
	name, advice := nameForeign(head)
	if name != "" {
		text = "The file is " + name + ", which is not supported. " + advice
	}
	return fault.New(fault.Unsupported, "unknown_file_type", "%s Supported types: %s.", text, supported).WithCharge(fault.ChargedNo)
}

// UploadFile is [Upload] of a file.
func UploadFile(path string) (Info, error) { return inspectFile(path, Upload) }
