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

	Types      []string // media types: "image/png"; empty: any image but SVG and TIFF
	MaxBytes   int64    // of the file
	MaxBase64  int64    // characters of the file's base64
	MinSide    int      // pixels of the shorter side
	MaxSide    int      // pixels of the longer side
	MinPixels  int      // width times height
	MaxPixels  int      // width times height
	MaxStretch float64  // longer side divided by shorter side

	DataURL bool // sent as "data:image/png;base64,…" instead of bare base64
	Alpha   bool // it must have transparent pixels: those of a mask are the area to change
}

// takes reports whether a file's type is one of the vendor's. The types of a vendor that
// documents none are those that all vendors decode; TIFF is not one of them, see
// [Embedder.Open].
func (r ImageRule) takes(mime string) bool {
	if len(r.Types) == 0 {
		return mime == "" || strings.HasPrefix(mime, "image/") && mime != mimeSVG && mime != mimeTIFF
	}
	return slices.Contains(r.Types, mime)
}

const (
	mimeSVG  = "image/svg+xml"
	mimeTIFF = "image/tiff"
)

// maxPixels is the limit of an input, whatever the vendor: as that of an upload. It also
// holds for files that were stored under another limit.
const maxPixels = 100_000_000

// Check is the message of the first limit that a file breaks; empty if none.
func (r ImageRule) Check(in Input) string {
	measured := in.Width > 0 && in.Height > 0
	short, long, pixels := min(in.Width, in.Height), max(in.Width, in.Height), in.Width*in.Height
	switch {
	case !r.takes(in.MIME):
		return fmt.Sprintf("is %s, which %s does not take: convert it to %s", typeName(in.MIME), r.Who, typeNames(r.advised()))
	case r.MaxBytes > 0 && in.Size > r.MaxBytes:
		return fmt.Sprintf("%s takes at most %s a file", r.Who, megabytes(r.MaxBytes))
	case r.MaxBase64 > 0 && base64Len(in.Size) > r.MaxBase64:
		return fmt.Sprintf("%s takes at most %s a file", r.Who, megabytes(r.MaxBase64/4*3))
	case !measured:
		return ""
	case in.Width > maxPixels/in.Height:
		return fmt.Sprintf("has %dx%d pixels; an image may have at most %s", in.Width, in.Height, withCommas(maxPixels))
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

func (r ImageRule) prefix(in Input) string {
	if !r.DataURL {
		return ""
	}
	return "data:" + strings.ToLower(in.MIME) + ";base64," // some vendors reject upper case
}

func base64Len(n int64) int64 { return (n + 2) / 3 * 4 }

// advised are the types that a caller is told to convert a file to: of images the usual
// ones, if the vendor takes them.
func (r ImageRule) advised() []string {
	usual := []string{"image/png", "image/jpeg"}
	if len(r.Types) == 0 {
		return usual
	}
	usual = slices.DeleteFunc(usual, func(t string) bool { return !slices.Contains(r.Types, t) })
	if len(usual) == 0 {
		return r.Types
	}
	return usual
}

// typeName names a media type for people: "WebP".
func typeName(mime string) string {
	mime = strings.ToLower(mime)
	switch mime {
	case "image/webp":
		return "WebP"
	case "video/quicktime":
		return "MOV"
	}
	_, name, _ := strings.Cut(mime, "/")
	name, _, _ = strings.Cut(name, "+") // svg+xml
	return strings.ToUpper(name)
}

// typeNames lists media types for people: "PNG or JPEG".
func typeNames(types []string) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = typeName(t)
	}
	last := len(names) - 1
	if last <= 0 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// megabytes writes bytes in MB, with one decimal.
func megabytes(n int64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<20)), ".0") + " MB"
}
