package media

import (
	"errors"
	"io"

	"aigc/app/fault"
)

// MaxUpload is the limit of a caller's file in bytes.
const MaxUpload = 50 << 20

// Upload is [Inspect] for a caller's file. The error of a file that is too large is a
// fault of kind TooLarge; of a file that is empty, damaged or cut short Invalid; of a file
// of another type, or an SVG that could run script or load something, Unsupported.
func Upload(r io.ReaderAt, size int64) (Info, error) {
	if size > MaxUpload {
		return Info{}, fault.New(fault.TooLarge, "file_too_large", "A file may have at most %d MB.", MaxUpload>>20).WithCharge(fault.ChargedNo)
	}
	info, err := Inspect(r, size)
	var f *fault.Error
	if errors.As(err, &f) {
		kind, code := fault.Invalid, f.Code
		switch code {
		case "unknown_file_type":
			kind = fault.Unsupported
		case "empty_result":
			code = "empty_file"
		}
		return Info{}, fault.New(kind, code, "%s Supported types: PNG, JPEG, GIF, WebP, BMP, SVG and MP4.", f.Message).WithCharge(fault.ChargedNo)
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
