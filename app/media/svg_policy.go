package media

import (
	"encoding/xml"
	"strings"

	"aigc/app/fault"
)

// This file is the policy for SVGs that callers upload. An SVG is a document that a
// browser may execute: script in it would run with the rights of the person who opens it
// from our host, and an external reference would tell another server who opened it.
// Refused are:
//
//   - elements that run or embed something: script, foreignObject, iframe, audio …
//     (activeElements), and all XHTML elements;
//   - event handlers: attributes that begin with "on";
//   - links to anything but a fragment of the file (#id) or a raster image or font in a
//     data URL, in any attribute that holds a link (linkAttributes), also by an animation
//     that sets such an attribute;
//   - javascript: and vbscript: URLs in any attribute;
//   - style sheets, and attributes with CSS, that load something (url(), @import …) or
//     run something (expression(), behavior: …);
//   - processing instructions, which include style sheets, and entity declarations,
//     which can hide any of the above.
//
// It is a deny list, so it may miss something. It is the second line of defence: the
// first is that SVGs are served as attachments with a restrictive
// Content-Security-Policy (app/httpapi/files.go).

// maxStyle is the limit of the text of a style element, in bytes.
const maxStyle = 512 << 10

// checkSVG checks an SVG against the policy; the error is a fault of kind Unsupported.
func checkSVG(s *source) error {
	var p svgPolicy
	return walkSVG(s, func(_ int, tok xml.Token) error {
		if !p.allows(tok) {
			return fault.New(fault.Unsupported, "active_svg",
				"The SVG contains script or a reference to an external resource, which is not allowed.").WithCharge(fault.ChargedNo)
		}
		return nil
	})
}

// svgPolicy checks the tokens of one SVG. The text of a style element may come in several
// tokens, so it is collected and checked at the end of the element.
type svgPolicy struct {
	inStyle bool
	style   strings.Builder
}

func (p *svgPolicy) allows(tok xml.Token) bool {
	switch tok := tok.(type) {
	case xml.ProcInst: // such as xml-stylesheet
		return tok.Target == "xml"
	case xml.Directive: // DOCTYPE with entity declarations
		return !strings.Contains(string(tok), "[") && !strings.Contains(strings.ToUpper(string(tok)), "ENTITY")
	case xml.StartElement:
		if p.inStyle || !allowsElement(tok) {
			return false
		}
		p.inStyle = strings.EqualFold(tok.Name.Local, "style")
	case xml.EndElement:
		ended := p.inStyle
		p.inStyle = false
		if ended {
			ok := allowsCSS(p.style.String())
			p.style.Reset()
			return ok
		}
	case xml.CharData:
		if p.inStyle {
			p.style.Write(tok)
			return p.style.Len() <= maxStyle
		}
	}
	return true
}

// activeElements are the elements that run or embed something, in any namespace.
var activeElements = wordSet(`script foreignobject iframe frame embed object applet audio video source track link meta base
	handler listener form input button portal`)

// linkAttributes are the attributes that hold a URL.
var linkAttributes = wordSet(`href src srcset data poster action formaction ping background cite longdesc manifest codebase classid archive base`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// allowsElement checks the name and the attributes of an element.
func allowsElement(e xml.StartElement) bool {
	if activeElements[strings.ToLower(e.Name.Local)] || strings.HasSuffix(strings.ToLower(e.Name.Space), "/xhtml") {
		return false
	}
	for _, a := range e.Attr {
		key, value := strings.ToLower(a.Name.Local), a.Value
		if a.Name.Space == "xmlns" || a.Name.Space == "" && key == "xmlns" {
			continue // the name of a namespace, which nothing loads
		}
		switch {
		case strings.HasPrefix(key, "on"):
			return false
		case linkAttributes[key] && !isInternalRef(value):
			return false
		case key == "attributename" && animatesLink(value):
			return false
		case isScriptURL(value):
			return false
		case a.Name.Space == "" && !allowsCSS(value):
			return false
		}
	}
	return true
}

// animatesLink reports whether an animation that sets the named attribute could set a link
// or an event handler.
func animatesLink(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	name = name[strings.LastIndex(name, ":")+1:]
	return linkAttributes[name] || strings.HasPrefix(name, "on")
}

// isScriptURL reports whether a value contains a URL that runs script. Browsers ignore
// white space in its scheme.
func isScriptURL(value string) bool {
	value = strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, value))
	return strings.Contains(value, "javascript:") || strings.Contains(value, "vbscript:")
}

// isInternalRef reports whether a URL is a fragment of the file, or a data URL of a raster
// image or a font.
func isInternalRef(address string) bool {
	address = strings.ToLower(strings.TrimSpace(address))
	if address == "" || address[0] == '#' {
		return true
	}
	for _, mime := range []string{"image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "font/", "application/font", "application/x-font"} {
		if strings.HasPrefix(address, "data:"+mime) {
			return true
		}
	}
	return false
}

// allowsCSS checks a style sheet, or an attribute that may contain CSS, for external
// references and constructs that run something. Escapes together with a function or an
// at-rule are refused, because they could spell any of them.
func allowsCSS(text string) bool {
	text = strings.ToLower(text)
	if strings.Contains(text, `\`) && strings.ContainsAny(text, "(@") {
		return false
	}
	for _, construct := range []string{"@import", "expression(", "-moz-binding", "behavior:", "image-set(", "image(", "src("} {
		if strings.Contains(text, construct) {
			return false
		}
	}
	for {
		_, after, found := strings.Cut(text, "url(")
		if !found {
			return true
		}
		if !isInternalRef(strings.TrimLeft(after, " \t\r\n\f\"'")) {
			return false
		}
		text = after
	}
}
