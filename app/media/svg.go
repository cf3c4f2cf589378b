package media

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

const svgSpace = "http://www.w3.org/2000/svg"

// inspectSVG checks that the document is well-formed and its root is svg. A document that
// uses entities of its own counts as damaged: the decoder does not expand them. One that
// is beyond the limits is accepted unread if it has the root and its end: such a result is
// paid for, and browsers have no such limits.
func inspectSVG(s *source, info *Info) error {
	root := false
	err := walkSVG(s, func(depth int, tok xml.Token) error {
		if e, ok := tok.(xml.StartElement); ok && depth == 1 {
			info.Width, info.Height = sizeSVG(e)
			root = true
		}
		return nil
	})
	if errors.Is(err, errTooComplex) && root && svgEnds(s) {
		info.unread = true
		return nil
	}
	return err
}

// walkSVG calls visit with every token, and checks that the document is well-formed and
// its root is svg. depth is 1 at the start and the end of the root. The error is
// errTooComplex if the document is beyond the limits.
func walkSVG(s *source, visit func(depth int, tok xml.Token) error) error {
	t := &tokenReader{r: s.from(0)}
	d := xml.NewDecoder(t)
	var open openTags
	root := false
	for {
		t.begin()
		from := d.InputOffset()
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			if !root {
				return errUnknownType
			}
			return nil // the decoder has checked that all elements are closed
		}
		if err != nil {
			return badXML(err, root, d.InputOffset() >= s.size)
		}
		start, isStart := tok.(xml.StartElement)
		depth := len(open.sizes)
		if isStart {
			depth++
		}
		if depth == 0 || isStart && depth == 1 {
			if err := checkProlog(tok, start, root); err != nil {
				return err
			}
			root = root || isStart
		}
		if err := visit(depth, tok); err != nil {
			return err
		}
		if err := open.add(tok, d.InputOffset()-from); err != nil {
			return err
		}
	}
}

// checkProlog checks a token outside of the root, or the root's start: there must be one
// root, svg, and no text outside of it.
func checkProlog(tok xml.Token, e xml.StartElement, root bool) error {
	switch tok := tok.(type) {
	case xml.StartElement:
		if root {
			return errDamaged
		}
		if e.Name.Local != "svg" || e.Name.Space != "" && e.Name.Space != svgSpace {
			return errUnknownType
		}
	case xml.CharData:
		if text := bytes.TrimPrefix(tok, []byte("\xef\xbb\xbf")); len(bytes.TrimSpace(text)) > 0 {
			if root {
				return errDamaged
			}
			return errUnknownType
		}
	}
	return nil
}

// badXML maps an error of the parser: before the root the file is not an SVG; at its end
// the file is cut short; else it is damaged.
func badXML(err error, root, atEnd bool) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, errTooComplex):
		return errTooComplex
	case !errors.As(err, &syntax) && !strings.HasPrefix(err.Error(), "xml:"): // an error of the reader
		return err
	case !root:
		return errUnknownType
	case atEnd:
		return io.ErrUnexpectedEOF
	}
	return errDamaged
}

// sizeSVG is the size in pixels of a root element: width and height, else those of
// viewBox, else zero.
func sizeSVG(e xml.StartElement) (w, h int) {
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "width":
			w = pixels(a.Value)
		case "height":
			h = pixels(a.Value)
		}
	}
	for _, a := range e.Attr {
		box := strings.FieldsFunc(a.Value, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
		if a.Name.Local == "viewBox" && len(box) == 4 && (w == 0 || h == 0) {
			return pixels(box[2]), pixels(box[3])
		}
	}
	return w, h
}

// pixels parses a length in pixels; 0 for any other unit.
func pixels(length string) int {
	f, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(length), "px"), 64)
	if err != nil || !(f > 0 && f < 1<<20) {
		return 0
	}
	return int(f)
}
