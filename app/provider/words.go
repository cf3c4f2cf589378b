package provider

import (
	"bytes"
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

// ReadError finds the vendor's own words in the body of an error, wherever they are: in
// JSON of any of the usual shapes, in XML, as plain text. It is what [ErrorTable] falls
// back to where a driver finds no message in the documented place.
func ReadError(body []byte) VendorError {
	e, _ := readError(body)
	return e
}

// bodyForm is the form of an error's body.
type bodyForm int

const (
	anObject bodyForm = iota // JSON or XML
	aText
	aPage // HTML, which may be that of a proxy
)

// readError is [ReadError] that also reports the form of the body.
func readError(body []byte) (VendorError, bodyForm) {
	body = trimPadding(body)
	if tail, ok := bytes.CutPrefix(body, []byte("data:")); ok { // an event stream
		body = trimPadding(tail)
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	switch {
	case len(body) == 0:
		return VendorError{}, anObject
	case d.Decode(&v) == nil && (!d.More() || body[0] == '{' || body[0] == '['):
		return errorIn(v, 0), anObject
	case body[0] == '<':
		return errorPage(string(body))
	case bytes.IndexByte(body, 0) >= 0 || !isMostlyText(body):
		return VendorError{}, anObject // no text
	}
	return VendorError{Message: string(body[:min(len(body), 4*maxSanitized)])}, aText
}

// isMostlyText reports whether a body is text, in UTF-8 or in a single-byte charset.
func isMostlyText(body []byte) bool {
	body = body[:min(len(body), 1<<10)]
	broken := 0
	for _, r := range string(body) {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			broken++
		}
	}
	return broken <= len(body)/10
}

// The names under which vendors and gateways write an error, in lower case without
// underscores, the likeliest first.
var (
	errorFields   = []string{"error", "errors", "err", "exception", "fault"}
	messageFields = []string{
		"message", "msg", "errormessage", "errormsg", "errmsg", "errordescription", "description", "detail", "details", "reason",
		"failreason", "failurereason", "statusmsg", "taskstatusmsg", "joberrormsg", "title", "errortext",
	}
	codeFields   = []string{"code", "errorcode", "errcode", "joberrorcode", "statuscode", "status"}
	typeFields   = []string{"type", "name", "errortype"}
	holderFields = []string{"baseresp", "response", "responsemetadata", "data", "result", "output", "body", "meta"}
)

// maxErrorDepth is how deep an error may be nested.
const maxErrorDepth = 6

// errorIn finds the error in a JSON value.
func errorIn(v any, depth int) VendorError {
	if depth > maxErrorDepth {
		return VendorError{}
	}
	switch v := v.(type) {
	case string:
		return errorInText(v, depth)
	case []any:
		return errorInList(v, depth)
	case map[string]any:
		return errorInObject(v, depth)
	}
	return VendorError{}
}

// errorInText reads a text; one that is JSON itself is read as that.
func errorInText(text string, depth int) VendorError {
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
		var v any
		d := json.NewDecoder(strings.NewReader(trimmed))
		d.UseNumber()
		if d.Decode(&v) == nil {
			if e := errorIn(v, depth+1); e.Message != "" {
				return e
			}
		}
	}
	return VendorError{Message: strings.TrimSpace(text)}
}

// errorInList joins the messages of a list's first entries; the code is the first one's.
func errorInList(list []any, depth int) (out VendorError) {
	var messages []string
	for _, v := range list[:min(len(list), 5)] {
		e := errorIn(v, depth+1)
		if e.Message != "" {
			messages = append(messages, e.Message)
		}
		if out.Code == "" && out.Type == "" {
			out.Code, out.Type = e.Code, e.Type
		}
	}
	out.Message = strings.Join(messages, "; ")
	return out
}

func errorInObject(object map[string]any, depth int) VendorError {
	fields := map[string]any{}
	for name, v := range object {
		fields[strings.ReplaceAll(strings.ToLower(name), "_", "")] = v
	}
	flat := VendorError{Code: firstScalar(fields, codeFields), Type: firstScalar(fields, typeFields), Message: firstMessage(fields, depth)}
	if where := location(fields["loc"]); where != "" && flat.Message != "" { // an entry of FastAPI's list
		return VendorError{Message: where + ": " + flat.Message}
	}
	for _, name := range errorFields {
		inner := errorIn(fields[name], depth+1)
		switch text, isText := fields[name].(string); {
		case inner.Message == "":
			if flat.Message == "" && (inner.Code != "" || inner.Type != "") {
				flat.Code, flat.Type = inner.Code, inner.Type
			}
			continue
		case isText && flat.Message != "" && text == inner.Message: // a code or title beside a sentence
			return VendorError{Code: text, Type: flat.Type, Message: flat.Message}
		}
		if inner.Code == "" && inner.Type == "" {
			inner.Code, inner.Type = flat.Code, flat.Type
		}
		return inner
	}
	if flat.Message != "" {
		return flat
	}
	for _, name := range holderFields {
		if _, isText := fields[name].(string); isText {
			continue
		}
		if inner := errorIn(fields[name], depth+1); inner.Message != "" {
			return inner
		}
	}
	return flat
}

// firstMessage is the first of an object's messages: a text, or what a list or an object
// in its place holds.
func firstMessage(fields map[string]any, depth int) string {
	for _, name := range messageFields {
		if m := errorIn(fields[name], depth+1).Message; m != "" {
			return m
		}
	}
	return ""
}

// firstScalar is the first text or number.
func firstScalar(fields map[string]any, names []string) string {
	for _, name := range names {
		switch v := fields[name].(type) {
		case string:
			if v != "" {
				return v
			}
		case json.Number:
			return v.String()
		}
	}
	return ""
}

// location is the place of a validation error, without "body": "images.0.url".
func location(v any) string {
	list, _ := v.([]any)
	var parts []string
	for i, part := range list {
		switch part := part.(type) {
		case string:
			if i > 0 || part != "body" {
				parts = append(parts, part)
			}
		case json.Number:
			parts = append(parts, part.String())
		}
	}
	return strings.Join(parts, ".")
}

var (
	xmlCode    = regexp.MustCompile(`(?is)<code>(.{1,100}?)</code>`)
	xmlMessage = regexp.MustCompile(`(?is)<message>(.{1,1000}?)</message>`)
	invisible  = regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)>|<!--.*?-->`)
	pageTitle  = regexp.MustCompile(`(?is)<title[^>]*>(.{1,300}?)</title>`)
	tag        = regexp.MustCompile(`(?s)<[^>]*>`)
)

// maxPageText is the limit of the text of a page in bytes.
const maxPageText = 200

// errorPage reads XML with a message, else the title and the first text of a page.
func errorPage(page string) (VendorError, bodyForm) {
	page = page[:min(len(page), 64<<10)]
	if m := xmlMessage.FindStringSubmatch(page); m != nil {
		e := VendorError{Message: html.UnescapeString(m[1])}
		if c := xmlCode.FindStringSubmatch(page); c != nil {
			e.Code = c[1]
		}
		return e, anObject
	}
	title := ""
	if m := pageTitle.FindStringSubmatch(page); m != nil {
		title = Sanitize(html.UnescapeString(m[1]))
	}
	text := Sanitize(html.UnescapeString(tag.ReplaceAllString(invisible.ReplaceAllString(page, " "), " ")))
	if title != "" && !strings.Contains(text, title) {
		text = strings.TrimSpace(title + " " + text)
	}
	if len(text) > maxPageText {
		text = strings.ToValidUTF8(text[:maxPageText], "") + "…"
	}
	return VendorError{Message: text}, aPage
}
