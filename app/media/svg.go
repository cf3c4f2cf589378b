package media

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// maxToken and maxDepth bound what is parsed: the decoder holds one tag or one
// run of text at a time.
const (
	maxToken = 8 << 20
	maxDepth = 256
)

const svgSpace = "http://www.w3.org/2000/svg"

// inspectSVG proves that the document is well-formed and that its root is svg.
// Entities of the document's own are not believed: they count as damage.
func inspectSVG(s *source, info *Info) error {
	return walkSVG(s, func(depth int, tok xml.Token) error {
		if e, ok := tok.(xml.StartElement); ok && depth == 1 {
			info.Width, info.Height = sizeSVG(e)
		}
		return nil
	})
}

// walkSVG visits every token of a well-formed document with the root svg; depth
// is 1 at the root's start and end.
func walkSVG(s *source, visit func(depth int, tok xml.Token) error) error {
	g := &limitReader{r: io.NewSectionReader(s.r, 0, s.size)}
	d := xml.NewDecoder(g)
	depth, root := 0, false
	for {
		g.left = maxToken
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			if !root {
				return errOther
			}
			return nil // the decoder asks for all end tags
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

// checkProlog looks at what stands outside the root, and at the root: one
// element, and no text beside it.
func checkProlog(tok xml.Token, e xml.StartElement, root bool) error {
	switch tok := tok.(type) {
	case xml.StartElement:
		if root {
			return errDamaged
		}
		if e.Name.Local != "svg" || e.Name.Space != "" && e.Name.Space != svgSpace {
			return errOther
		}
	case xml.CharData:
		if text := bytes.TrimPrefix(tok, []byte("\xef\xbb\xbf")); len(bytes.TrimSpace(text)) > 0 {
			if root {
				return errDamaged
			}
			return errOther
		}
	}
	return nil
}

// badXML says what a parser's error means. Before the root is seen the file may
// be anything; an error at the very end is the end that is missing.
func badXML(err error, root, atEnd bool) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, errLongToken):
		return errDamaged
	case !errors.As(err, &syntax) && !strings.HasPrefix(err.Error(), "xml:"): // not the decoder's own
		return err
	case !root:
		return errOther
	case atEnd:
		return io.ErrUnexpectedEOF
	}
	return errDamaged
}

var errLongToken = errors.New("a tag or text is too long")

// limitReader ends the reading of a token that is too long to be held.
type limitReader struct {
	r    io.Reader
	left int
}

func (g *limitReader) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errLongToken
	}
	n, err := g.r.Read(p)
	g.left -= n
	return n, err
}

// sizeSVG is the size in pixels of a root element: its own, else that of its
// view box, else zero.
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

func pixels(length string) int {
	f, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(length), "px"), 64)
	if err != nil || !(f > 0 && f < 1<<20) {
		return 0
	}
	return int(f)
}
