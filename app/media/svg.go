package media

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"aigc/app/fault"
)

// maxSVG and maxDepth bound what is parsed.
const (
	maxSVG   = 16 << 20
	maxDepth = 256
)

func looksLikeSVG(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	return bytes.HasPrefix(head, []byte("<")) && bytes.Contains(head, []byte("<svg"))
}

// inspectSVG proves that the document is well-formed and that its root is svg.
func inspectSVG(r io.ReaderAt, size int64, info *Info) error {
	return walkSVG(r, size, func(depth int, e xml.StartElement) error {
		if depth == 1 {
			if e.Name.Local != "svg" {
				return fault.New(fault.Broken, "not_a_picture", "The file is no SVG: its root is another element.")
			}
			info.Width, info.Height = pixels(e, "width"), pixels(e, "height")
		}
		return nil
	})
}

func pixels(e xml.StartElement, name string) int {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			f, err := strconv.ParseFloat(strings.TrimSuffix(a.Value, "px"), 64)
			if err == nil && f > 0 && f < 1<<20 {
				return int(f)
			}
		}
	}
	return 0
}

func walkSVG(r io.ReaderAt, size int64, f func(depth int, e xml.StartElement) error) error {
	if size > maxSVG {
		return fault.New(fault.Broken, "picture_damaged", "The SVG is too large.")
	}
	d := xml.NewDecoder(io.NewSectionReader(r, 0, size))
	d.Entity = map[string]string{} // no entity of the document is believed
	depth, seen := 0, false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			if !seen {
				return cutShort("SVG")
			}
			return nil
		}
		if err != nil {
			return cutShort("SVG")
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			seen = true
			if depth++; depth > maxDepth {
				return damaged("SVG")
			}
			if err := f(depth, tok); err != nil {
				return err
			}
		case xml.EndElement:
			depth--
		}
	}
}

// harmlessSVG refuses what could run or fetch something when it is shown.
func harmlessSVG(r io.ReaderAt, size int64) error {
	return walkSVG(r, size, func(_ int, e xml.StartElement) error {
		name := strings.ToLower(e.Name.Local)
		bad := name == "script" || name == "foreignobject" || name == "iframe" || name == "embed" || name == "object"
		for _, a := range e.Attr {
			key, value := strings.ToLower(a.Name.Local), strings.ToLower(strings.TrimSpace(a.Value))
			bad = bad || strings.HasPrefix(key, "on") || strings.HasPrefix(value, "javascript:") ||
				key == "href" && !strings.HasPrefix(value, "#") && !strings.HasPrefix(value, "data:image/") ||
				strings.Contains(value, "url(http")
		}
		if bad {
			return fault.New(fault.Unsupported, "active_svg", "The SVG holds script or refers to other addresses; such files are not taken.").With(fault.ChargedNo)
		}
		return nil
	})
}
