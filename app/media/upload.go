package media

import (
	"os"

	"aigc/app/fault"
)

// MaxUpload is the most that a caller's file may have, in bytes.
const MaxUpload = 50 << 20

// UploadFile inspects a caller's file: the same proof as [InspectFile], with
// faults in a caller's words. An SVG that could run something is refused.
func UploadFile(path string) (Info, error) {
	f, err := os.Open(path)
	if err != nil {
		return Info{}, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return Info{}, err
	}
	if st.Size() > MaxUpload {
		return Info{}, fault.New(fault.TooLarge, "file_too_large", "A file may have at most %d MB.", MaxUpload>>20).With(fault.ChargedNo)
	}
	info, err := Inspect(f, st.Size())
	if k := fault.From(err); k != nil && k.Kind == fault.Broken {
		kind := fault.Invalid
		if k.Code == "not_a_picture" {
			kind = fault.Unsupported
		}
		return Info{}, fault.New(kind, k.Code, "%s Taken are PNG, JPEG, GIF, WebP, BMP, SVG and MP4.", k.Safe).With(fault.ChargedNo)
	}
	if err != nil {
		return Info{}, err
	}
	if info.MIME == "image/svg+xml" {
		if err := harmlessSVG(f, st.Size()); err != nil {
			return Info{}, err
		}
	}
	return info, nil
}
