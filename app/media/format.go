package media

import "bytes"

// format is one supported file type.
type format struct {
	name      string // for people
	mime, ext string
	kind      Folder
	is        func(head []byte) bool // by the first bytes of a file
	inspect   func(s *source, info *Info) error
}

// formats are the types that results and uploads may have. The first that matches is used.
var formats = []format{
	{"PNG", "image/png", ".png", Image, prefix("\x89PNG\r\n\x1a\n"), inspectPNG},
	{"JPEG", "image/jpeg", ".jpg", Image, prefix("\xff\xd8\xff"), inspectJPEG},
	{"GIF", "image/gif", ".gif", Image, isGIF, inspectGIF},
	{"WebP", "image/webp", ".webp", Image, riff("WEBP"), inspectWebP},
	{"BMP", "image/bmp", ".bmp", Image, isBMP, inspectBMP},
	{"TIFF", mimeTIFF, ".tiff", Image, isTIFF, inspectTIFF},
	{"MP4", "video/mp4", ".mp4", Video, isMP4, inspectMP4},
	{"MOV", mimeMOV, ".mov", Video, boxed(nameMOV), inspectMP4},
	{"SVG", mimeSVG, ".svg", Image, isXML, inspectSVG},
}

const (
	mimeSVG  = "image/svg+xml"
	mimeTIFF = "image/tiff"
	mimeMOV  = "video/quicktime"
)

// formatOf is the format of a media type; nil if it is none of formats.
func formatOf(mime string) *format {
	for i := range formats {
		if formats[i].mime == mime {
			return &formats[i]
		}
	}
	return nil
}

// TypeByExt is the media type of an extension with its dot, as in [Info.Ext];
// "application/octet-stream" for any other.
func TypeByExt(ext string) string {
	for _, f := range formats {
		if f.ext == ext {
			return f.mime
		}
	}
	return "application/octet-stream"
}

func isGIF(h []byte) bool { return prefix("GIF87a")(h) || prefix("GIF89a")(h) }

// isBMP checks more than the magic number "BM", with which ordinary text may begin: the
// number of planes is 1 in every BMP.
func isBMP(h []byte) bool {
	if len(h) < 28 || !bytes.HasPrefix(h, []byte("BM")) {
		return false
	}
	planes := h[26:28]
	if h[14] == bmpCore {
		planes = h[22:24]
	}
	return planes[0] == 1 && planes[1] == 0
}

// isMP4 is generous, because a paid result in a container of MP4 with an unusual brand is
// kept as one. It excludes what is known to be another image or video. [Upload] accepts
// only brands of MP4.
func isMP4(h []byte) bool {
	if _, ok := readBrands(h); !ok {
		return false
	}
	switch boxedFormat(h) {
	case "", nameMP4, nameM4A, nameCR3:
		return true
	}
	return false
}

func isTIFF(h []byte) bool { return anyPrefix(littleEndianTIFF, bigEndianTIFF)(h) && !isCR2(h) }

// isCR2 recognizes a raw image of a camera in a TIFF, whose first image is a preview.
func isCR2(h []byte) bool {
	return anyPrefix(littleEndianTIFF, bigEndianTIFF)(h) && len(h) >= 10 && string(h[8:10]) == "CR"
}

// isXML is true for any text that starts with a tag; inspectSVG checks the root element.
func isXML(h []byte) bool {
	h = bytes.TrimLeft(bytes.TrimPrefix(h, []byte("\xef\xbb\xbf")), " \t\r\n")
	return bytes.HasPrefix(h, []byte("<"))
}
