package provider

import (
	"fmt"
	"slices"
	"strings"
)

// ImageRule is what a vendor accepts as an input image or video. A zero value is no
// limit. If width and height of a file are not known, its sides are not checked and the
// vendor decides.
type ImageRule struct {
	Field string // of the input, for faults: "image"
	Who   string // vendor or model at the start of messages: "Ark"

	Types      []string // media types: "image/png"; empty: any
	MaxBytes   int64    // of the file
	MaxBase64  int64    // characters of the file's base64
	MinSide    int      // pixels of the shorter side
	MaxSide    int      // pixels of the longer side
	MinPixels  int      // width times height
	MaxPixels  int      // width times height
	MaxStretch float64  // longer side divided by shorter side

	DataURL bool // sent as "data:image/png;base64,…" instead of bare base64
}

// Check is the message of the first limit that a file breaks; empty if none.
func (r ImageRule) Check(in Input) string {
	measured := in.Width > 0 && in.Height > 0
	short, long, pixels := min(in.Width, in.Height), max(in.Width, in.Height), in.Width*in.Height
	switch {
	case len(r.Types) > 0 && !slices.Contains(r.Types, in.MIME):
		return fmt.Sprintf("%s takes %s, not %s", r.Who, typeNames(slices.DeleteFunc(slices.Clone(r.Types), isNoAsset)), typeNames([]string{in.MIME}))
	case r.MaxBytes > 0 && in.Size > r.MaxBytes:
		return fmt.Sprintf("%s takes at most %s a file", r.Who, megabytes(r.MaxBytes))
	case r.MaxBase64 > 0 && base64Len(in.Size) > r.MaxBase64:
		return fmt.Sprintf("%s takes at most %s a file", r.Who, megabytes(r.MaxBase64/4*3))
	case !measured:
		return ""
	case short < r.MinSide:
		return fmt.Sprintf("%s takes at least %d pixels a side", r.Who, r.MinSide)
	case r.MaxSide > 0 && long > r.MaxSide:
		return fmt.Sprintf("%s takes at most %d pixels a side", r.Who, r.MaxSide)
	case pixels < r.MinPixels:
		return fmt.Sprintf("%s takes at least %s pixels", r.Who, withCommas(r.MinPixels))
	case r.MaxPixels > 0 && pixels > r.MaxPixels:
		return fmt.Sprintf("%s takes at most %s pixels", r.Who, withCommas(r.MaxPixels))
	case r.MaxStretch > 0 && float64(long) > r.MaxStretch*float64(short)+epsilon:
		return fmt.Sprintf("%s takes a ratio of the sides between 1:%g and %[2]g:1", r.Who, r.MaxStretch)
	}
	return ""
}

// AssetTypes are the media types of the files that a caller can give as input. A vendor
// may take more, of which a fault must not speak.
var AssetTypes = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/svg+xml", "video/mp4"}

func isNoAsset(mime string) bool { return !slices.Contains(AssetTypes, strings.ToLower(mime)) }

func (r ImageRule) prefix(in Input) string {
	if !r.DataURL {
		return ""
	}
	return "data:" + strings.ToLower(in.MIME) + ";base64," // some vendors reject upper case
}

func base64Len(n int64) int64 { return (n + 2) / 3 * 4 }

// typeNames lists media types for people: "png, jpeg and webp".
func typeNames(types []string) string {
	names := make([]string, len(types))
	for i, t := range types {
		_, name, _ := strings.Cut(t, "/")
		names[i], _, _ = strings.Cut(name, "+") // svg+xml
	}
	last := len(names) - 1
	if last <= 0 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// megabytes writes bytes in MB, with one decimal.
func megabytes(n int64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<20)), ".0") + " MB"
}
