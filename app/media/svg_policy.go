package media

import (
	"encoding/xml"
	"strings"

	"aigc/app/fault"
)

// maxStyle is the most text that the style elements of an SVG may hold, in
// bytes.
const maxStyle = 1 << 20

// checkSVG refuses what could run or fetch something when the picture is
// shown: script, event handlers, embedded documents, and references to
// anything but the file itself. It walks a list of what is dangerous, so it is
// the second wall: the first is that an SVG is never served inline.
func checkSVG(s *source) error {
	var c svgPolicy
	err := walkSVG(s, func(_ int, tok xml.Token) error {
		if !c.harmless(tok) {
			return fault.New(fault.Unsupported, "active_svg",
				"The SVG holds script or refers to something outside of itself; such files are not taken.").WithCharge(fault.ChargedNo)
		}
		return nil
	})
	return err
}

// svgPolicy remembers the text of the style element it is in: its parts count as
// one.
type svgPolicy struct {
	inStyle bool
	style   strings.Builder
}

func (c *svgPolicy) harmless(tok xml.Token) bool {
	switch tok := tok.(type) {
	case xml.ProcInst: // a style sheet may be a program
		return tok.Target == "xml"
	case xml.Directive: // entities can hide anything
		return !strings.Contains(string(tok), "[") && !strings.Contains(strings.ToUpper(string(tok)), "ENTITY")
	case xml.StartElement:
		if c.inStyle || !harmlessElement(tok) {
			return false
		}
		c.inStyle = strings.EqualFold(tok.Name.Local, "style")
	case xml.EndElement:
		ended := c.inStyle
		c.inStyle = false
		if ended {
			ok := harmlessCSS(c.style.String())
			c.style.Reset()
			return ok
		}
	case xml.CharData:
		if c.inStyle {
			c.style.Write(tok)
			return c.style.Len() <= maxStyle
		}
	}
	return true
}

// active are elements that run or embed something, in any namespace.
var active = words(`script foreignobject iframe frame embed object applet audio video source track link meta base
	handler listener form input button portal`)

// links are attributes that name an address.
var links = words(`href src srcset data poster action formaction ping background cite longdesc manifest codebase classid archive base`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

func harmlessElement(e xml.StartElement) bool {
	if active[strings.ToLower(e.Name.Local)] || strings.HasSuffix(strings.ToLower(e.Name.Space), "/xhtml") {
		return false
	}
	for _, a := range e.Attr {
		key, value := strings.ToLower(a.Name.Local), a.Value
		if a.Name.Space == "xmlns" || a.Name.Space == "" && key == "xmlns" {
			continue // it names, and fetches nothing
		}
		switch {
		case strings.HasPrefix(key, "on"):
			return false
		case links[key] && !withinFile(value):
			return false
		case key == "attributename" && animatesLink(value):
			return false
		case runs(value):
			return false
		case a.Name.Space == "" && !harmlessCSS(value):
			return false
		}
	}
	return true
}

// animatesLink: an animation may set any attribute later.
func animatesLink(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	name = name[strings.LastIndex(name, ":")+1:]
	return links[name] || strings.HasPrefix(name, "on")
}

// runs says whether a value holds the address of a program; browsers overlook
// white space within.
func runs(value string) bool {
	value = strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, value))
	return strings.Contains(value, "javascript:") || strings.Contains(value, "vbscript:")
}

// withinFile says whether an address is a part of the file, or a plain picture
// or font held in the address.
func withinFile(address string) bool {
	address = strings.ToLower(strings.TrimSpace(address))
	if address == "" || address[0] == '#' {
		return true
	}
	for _, held := range []string{"image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "font/", "application/font", "application/x-font"} {
		if strings.HasPrefix(address, "data:"+held) {
			return true
		}
	}
	return false
}

// harmlessCSS looks for references in a style sheet or in an attribute that may
// be one. An escape beside a function could spell any of them.
func harmlessCSS(text string) bool {
	text = strings.ToLower(text)
	if strings.Contains(text, `\`) && strings.ContainsAny(text, "(@") {
		return false
	}
	for _, bad := range []string{"@import", "expression(", "-moz-binding", "behavior:", "image-set(", "image(", "src("} {
		if strings.Contains(text, bad) {
			return false
		}
	}
	for {
		_, rest, found := strings.Cut(text, "url(")
		if !found {
			return true
		}
		if !withinFile(strings.TrimLeft(rest, " \t\r\n\f\"'")) {
			return false
		}
		text = rest
	}
}
