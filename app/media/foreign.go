package media

import (
	"bytes"
	"strings"
)

// foreign is a file type that is known by name and not supported.
type foreign struct {
	name   string
	advice string
	is     func(head []byte) bool
}

const (
	toImage = "Convert it to PNG or JPEG."
	toVideo = "Convert it to MP4."
	needed  = "Send an image or a video."
)

// foreigners are the file types that callers send most often by mistake.
var foreigners = []foreign{
	{"a " + nameHEIC + " image", toImage, boxed(nameHEIC)},
	{"a " + nameHEIF + " image", toImage, boxed(nameHEIF)},
	{"an " + nameAVIF + " image", toImage, boxed(nameAVIF)},
	{"a camera's raw image (CR3)", toImage, boxed(nameCR3)},
	{"a camera's raw image (CR2)", toImage, isCR2},
	{"a camera's raw image (DNG)", toImage, isTIFF}, // any other TIFF is supported
	{"a camera's raw image", toImage, anyPrefix("FUJIFILMCCD-RAW", "IIRO", "IIRS", "MMOR", "IIU\x00", "\x00MRM", "FOVb")},
	{"a BigTIFF", toImage, anyPrefix("II+\x00", "MM\x00+")},
	{"a " + nameJXL + " image", toImage, func(h []byte) bool {
		return boxed(nameJXL)(h) || anyPrefix("\xff\x0a", "\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a")(h)
	}},
	{"a " + nameJP2 + " image", toImage, func(h []byte) bool {
		return boxed(nameJP2)(h) || anyPrefix("\xff\x4f\xff\x51", "\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a")(h)
	}},
	{"a Photoshop document (PSD)", toImage, anyPrefix("8BPS")},
	{"a GIMP document (XCF)", toImage, anyPrefix("gimp xcf")},
	{"an icon (ICO)", toImage, anyPrefix("\x00\x00\x01\x00", "\x00\x00\x02\x00")},
	{"an OpenEXR image", toImage, anyPrefix("v/1\x01")},
	{"a Radiance HDR image", toImage, anyPrefix("#?RADIANCE", "#?RGBE")},
	{"a DDS texture", toImage, anyPrefix("DDS ")},
	{"a QOI image", toImage, anyPrefix("qoif")},
	{"a PDF", toImage, anyPrefix("%PDF-")},
	{"a PostScript file", toImage, anyPrefix("%!PS", "\xc5\xd0\xd3\xc6")},
	{"a " + nameMOV, toVideo, func(h []byte) bool {
		if boxed(nameMOV)(h) {
			return true
		}
		switch { // QuickTime's files of old begin without a list of brands
		case len(h) < 8:
			return false
		case string(h[4:8]) == "moov", string(h[4:8]) == "mdat", string(h[4:8]) == "wide", string(h[4:8]) == "pnot":
			return h[0] == 0
		}
		return false
	}},
	{"a WebM or Matroska video", toVideo, anyPrefix("\x1aE\xdf\xa3")},
	{"an AVI video", toVideo, riff("AVI ")},
	{"a Windows Media file", toVideo, anyPrefix("\x30\x26\xb2\x75\x8e\x66\xcf\x11")},
	{"a Flash video", toVideo, anyPrefix("FLV\x01")},
	{"an MPEG video", toVideo, anyPrefix("\x00\x00\x01\xba", "\x00\x00\x01\xb3")},
	{"audio (" + nameM4A + ")", needed, boxed(nameM4A)},
	{"an MP4 without video", needed, boxed(nameMP4)},
	{"audio (WAV)", needed, riff("WAVE")},
	{"audio (MP3)", needed, anyPrefix("ID3", "\xff\xfb", "\xff\xf3", "\xff\xf2")},
	{"audio (FLAC)", needed, anyPrefix("fLaC")},
	{"an Ogg file", needed, anyPrefix("OggS")},
	{"a ZIP archive or an office document", needed, anyPrefix("PK\x03\x04")},
	{"compressed with gzip", "Send it uncompressed.", anyPrefix("\x1f\x8b")},
	{"an HTML page", needed, isHTML},
}

// nameForeign is the name and the advice for a file that is not supported; empty if its
// type is not known.
func nameForeign(head []byte) (name, advice string) {
	for _, f := range foreigners {
		if f.is(head) {
			return f.name, f.advice
		}
	}
	return "", ""
}

func boxed(name string) func([]byte) bool {
	return func(h []byte) bool { return boxedFormat(h) == name }
}

func riff(kind string) func([]byte) bool {
	return func(h []byte) bool { return len(h) >= 12 && string(h[:4]) == "RIFF" && string(h[8:12]) == kind }
}

func anyPrefix(list ...string) func([]byte) bool {
	return func(h []byte) bool {
		for _, p := range list {
			if bytes.HasPrefix(h, []byte(p)) {
				return true
			}
		}
		return false
	}
}

func isHTML(h []byte) bool {
	text := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(h, []byte("\xef\xbb\xbf")), " \t\r\n")))
	return strings.HasPrefix(text, "<!doctype html") || strings.HasPrefix(text, "<html")
}
