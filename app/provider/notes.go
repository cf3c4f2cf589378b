package provider

import "fmt"

// Notes collects the warnings of a plan: fields that the model does not support,
// and values that it supports only nearly. Its methods word them, the same for
// every vendor. The zero value but for Model is ready.
type Notes struct {
	Model string // model or family, as messages name it
	list  []string
}

// Warnings are the notes so far, in order; nil for none.
func (n *Notes) Warnings() []string { return n.list }

// Say adds a sentence of its own.
func (n *Notes) Say(format string, args ...any) {
	n.list = append(n.list, fmt.Sprintf(format, args...))
}

// Takes says whether a field is sent on: it was given, and the model honours it.
// One that was given in vain is noted.
func (n *Notes) Takes(field string, given, honoured bool) bool {
	if given && !honoured {
		n.Say("%s ignored: %s does not support it.", field, n.Model)
	}
	return given && honoured
}

// Ignored notes a field that is not sent for another reason than the model's
// abilities: "aspect_ratio ignored: size already sets the shape."
func (n *Notes) Ignored(field, reason string, args ...any) {
	n.Say("%s ignored: "+reason+".", append([]any{field}, args...)...)
}

// Rounded notes that another value is sent than was asked for, the nearest one
// that the model supports. It says nothing of equal values.
func (n *Notes) Rounded(field string, asked, sent any) {
	if a, b := fmt.Sprint(asked), fmt.Sprint(sent); a != b {
		n.Say("%s %s rounded to the nearest supported value, %s.", field, a, b)
	}
}

// Replaced notes that something else is sent, which is not just a nearby value:
// "width and height replaced by aspect_ratio 16:9: flux-3-image takes no sides."
func (n *Notes) Replaced(asked, sent, reason string, args ...any) {
	n.Say("%s replaced by %s: "+reason+".", append([]any{asked, sent}, args...)...)
}
