package media

import (
	"errors"
	"io"

	"aigc/app/fault"
)

// MaxUpload is the most that a caller's file may have, in bytes.
const MaxUpload = 50 << 20

// Upload inspects a caller's file: the same proof as [Inspect], with faults in
// a caller's words. What is too large is TooLarge; what is none of the types
// taken, or an SVG that could run or fetch something, is Unsupported; what is
// damaged or cut short is Invalid.
func Upload(r io.ReaderAt, size int64) (Info, error) {
	if size > MaxUpload {
		return Info{}, fault.New(fault.TooLarge, "file_too_large", "A file may have at most %d MB.", MaxUpload>>20).WithCharge(fault.ChargedNo)
	}
	info, err := Inspect(r, size)
	var f *fault.Error
	if errors.As(err, &f) {
		kind, code := fault.Invalid, f.Code
		switch code {
		case "not_a_picture":
			kind = fault.Unsupported
		case "empty_result":
			code = "empty_file"
		}
		return Info{}, fault.New(kind, code, "%s Taken are PNG, JPEG, GIF, WebP, BMP, SVG and MP4.", f.Message).WithCharge(fault.ChargedNo)
	}
	if err != nil {
		return Info{}, err
	}
	if info.MIME == mimeSVG {
		if err := checkSVG(&source{r: r, size: size}); err != nil {
			return Info{}, err
		}
	}
	return info, nil
}

// UploadFile is [Upload] of a file.
func UploadFile(path string) (Info, error) { return inspectFile(path, Upload) }
