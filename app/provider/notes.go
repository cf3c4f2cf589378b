package provider

import "fmt"

// Notes collects the warnings of a plan, in the same words for every vendor: fields that
// were ignored, values that were rounded or replaced. Set Model before use.
type Notes struct {
	Model string // model or model family, as messages name it
	list  []string
}

// Warnings are the warnings so far, in order; nil if there are none.
func (n *Notes) Warnings() []string { return n.list }

// Say adds a warning in words of its own.
func (n *Notes) Say(format string, args ...any) {
	n.list = append(n.list, fmt.Sprintf(format, args...))
}

// Takes reports whether a field is sent: it is given, and the model supports it. It warns
// of a field that is given but not supported.
func (n *Notes) Takes(field string, given, supported bool) bool {
	if given && !supported {
		n.Say("%s ignored: %s does not support it.", field, n.Model)
	}
	return given && supported
}

// IfSupported is the value of a field that the model supports, else the zero value, with a
// warning if the field was given.
func IfSupported[T comparable](n *Notes, field string, value T, supported bool) (none T) {
	if n.Takes(field, value != none, supported) {
		return value
	}
	return none
}

// Ignored warns of a field that is not sent although the model supports it:
// "aspect_ratio ignored: size already sets the shape."
func (n *Notes) Ignored(field, reason string, args ...any) {
	n.Say("%s ignored: "+reason+".", append([]any{field}, args...)...)
}

// Rounded warns that the nearest supported value is sent instead of the requested one. If
// both are equal it does nothing.
func (n *Notes) Rounded(field string, requested, sent any) {
	if a, b := fmt.Sprint(requested), fmt.Sprint(sent); a != b {
		n.Say("%s %s rounded to the nearest supported value, %s.", field, a, b)
	}
}

// Replaced warns that another field or value is sent than was requested:
// "width and height replaced by aspect_ratio 16:9: flux-3-image takes no sides."
func (n *Notes) Replaced(requested, sent, reason string, args ...any) {
	n.Say("%s replaced by %s: "+reason+".", append([]any{requested, sent}, args...)...)
}
