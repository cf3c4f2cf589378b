package provider

import (
	"fmt"
	"slices"
	"strings"
)

// ImageRule is what a vendor takes as an input image or video. Zero values are
// no limit. Sides of a file that nobody could measure are not checked: the
// vendor will say.
type ImageRule struct {
	Field string // of the input, for faults: "image"
	Who   string // begins the messages: "Ark"

	Types      []string // media types: "image/png"; empty: any
	MaxBytes   int64    // of the file
	MaxBase64  int64    // characters of it as base64
	MinSide    int      // pixels
	MaxSide    int      // pixels
	MinPixels  int      // width times height
	MaxPixels  int      // width times height
	MaxStretch float64  // longer by shorter side

	DataURL bool // sent as "data:image/png;base64,…", not as bare base64
}

// Check says what is wrong with a file; empty if nothing is.
func (r ImageRule) Check(in Input) string {
	measured := in.Width > 0 && in.Height > 0
	short, long, pixels := min(in.Width, in.Height), max(in.Width, in.Height), in.Width*in.Height
	switch {
	case len(r.Types) > 0 && !slices.Contains(r.Types, in.MIME):
		return fmt.Sprintf("%s takes %s", r.Who, typeNames(r.Types))
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
		return fmt.Sprintf("%s takes at least %s pixels", r.Who, grouped(r.MinPixels))
	case r.MaxPixels > 0 && pixels > r.MaxPixels:
		return fmt.Sprintf("%s takes at most %s pixels", r.Who, grouped(r.MaxPixels))
	case r.MaxStretch > 0 && float64(long) > r.MaxStretch*float64(short)+dust:
		return fmt.Sprintf("%s takes a ratio of the sides between 1:%g and %[2]g:1", r.Who, r.MaxStretch)
	}
	return ""
}

func (r ImageRule) prefix(in Input) string {
	if !r.DataURL {
		return ""
	}
	return "data:" + strings.ToLower(in.MIME) + ";base64," // some vendors refuse capitals
}

func base64Len(n int64) int64 { return (n + 2) / 3 * 4 }

// typeNames is "png, jpeg and webp".
func typeNames(types []string) string {
	names := make([]string, len(types))
	for i, t := range types {
		_, name, _ := strings.Cut(t, "/")
		names[i], _, _ = strings.Cut(name, "+") // svg+xml
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// megabytes is a limit in MB, exact to a tenth.
func megabytes(n int64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/(1<<20)), ".0") + " MB"
}
