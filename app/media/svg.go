package media

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Limits of parsing. The decoder holds one tag or one text in memory at a time.
const (
	maxToken = 8 << 20 // bytes of a tag or text
	maxDepth = 256     // nested elements
)

const svgSpace = "http://www.w3.org/2000/svg"

// inspectSVG checks that the document is well-formed and its root is svg. A document that
// uses entities of its own counts as damaged: the decoder does not expand them.
func inspectSVG(s *source, info *Info) error {
	return walkSVG(s, func(depth int, tok xml.Token) error {
		if e, ok := tok.(xml.StartElement); ok && depth == 1 {
			info.Width, info.Height = sizeSVG(e)
		}
		return nil
	})
}

// walkSVG calls visit with every token, and checks that the document is well-formed and
// its root is svg. depth is 1 at the start and the end of the root.
func walkSVG(s *source, visit func(depth int, tok xml.Token) error) error {
	g := &limitReader{r: io.NewSectionReader(s.r, 0, s.size)}
	d := xml.NewDecoder(g)
	depth, root := 0, false
	for {
		g.left = maxToken
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
		if isStart {
			if depth++; depth > maxDepth {
				return errDamaged
			}
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
		if _, ok := tok.(xml.EndElement); ok {
			depth--
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
	case errors.Is(err, errLongToken):
		return errDamaged
	case !errors.As(err, &syntax) && !strings.HasPrefix(err.Error(), "xml:"): // an error of the reader
		return err
	case !root:
		return errUnknownType
	case atEnd:
		return io.ErrUnexpectedEOF
	}
	return errDamaged
}

var errLongToken = errors.New("a tag or text is too long")

// limitReader fails with errLongToken when left is used up, which is reset before each
// token.
type limitReader struct {
	r    io.Reader
	left int // bytes
}

func (g *limitReader) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errLongToken
	}
	n, err := g.r.Read(p)
	g.left -= n
	return n, err
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
