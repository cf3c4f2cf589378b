package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Field is one field of a vendor's request, as in the vendor's documentation.
type Field struct {
	Name     string
	Kind     Kind
	Required bool
	Values   []string // allowed values of a text; empty: any
	Min, Max float64  // range of a number; both zero: any
	MaxLen   int      // most characters of a text, most items of a list; 0: any
	Fields   []Field  // fields of an object, or of each object in a list; an object without them may have any
	Item     *Field   // item of a list
	Only     []string // prefixes of the ids of the models that support the field; empty: all
}

// Kind is the type of a field's value.
type Kind string

// The kinds. An Image is base64, a data URL, or an HTTP URL.
const (
	Text    Kind = "string"
	Integer Kind = "integer"
	Number  Kind = "number"
	Flag    Kind = "boolean"
	Object  Kind = "object"
	List    Kind = "array"
	Image   Kind = "image"
)

// Rule is a rule that a field violates.
type Rule string

// The rules. An imitation translates them to the vendor's own errors.
const (
	Missing      Rule = "missing"
	Unknown      Rule = "unknown"       // not in the list of fields
	NotSupported Rule = "not supported" // by the model
	WrongKind    Rule = "wrong kind"
	NotListed    Rule = "not listed"
	OutOfRange   Rule = "out of range"
	TooLong      Rule = "too long"
	NoImage      Rule = "no image"
)

// Problem is one invalid field of a request.
type Problem struct {
	Field string // path of names and indices: "options.max_images", "list.0"
	Rule  Rule
	Text  string
}

// Problems validates a request for a model. It returns all problems, in the order
// of fields, unknown fields last.
func (b Body) Problems(fields []Field, model string) []Problem { return b.problems(fields, model, "") }

func (b Body) problems(fields []Field, model, prefix string) (out []Problem) {
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Name] = true
		v, ok := b[f.Name]
		name := prefix + f.Name
		switch {
		case !ok && f.Required:
			out = append(out, Problem{name, Missing, "is required"})
		case !ok:
		case !f.supportedBy(model):
			out = append(out, Problem{name, NotSupported, "is not supported by the model"})
		default:
			out = append(out, f.check(v, model, name)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if !known[name] {
			out = append(out, Problem{prefix + name, Unknown, "is not a field of this request"})
		}
	}
	return out
}

func (f Field) supportedBy(model string) bool {
	return len(f.Only) == 0 || slices.ContainsFunc(f.Only, func(m string) bool { return strings.HasPrefix(model, m) })
}

func (f Field) check(v any, model, name string) []Problem {
	one := func(r Rule, format string, args ...any) []Problem {
		return []Problem{{name, r, fmt.Sprintf(format, args...)}}
	}
	wrong := one(WrongKind, "must be a value of type %s", f.Kind)
	switch f.Kind {
	case Text, Image:
		s, ok := v.(string)
		switch {
		case !ok:
			return wrong
		case f.Required && s == "":
			return one(Missing, "is required")
		case len(f.Values) > 0 && !slices.Contains(f.Values, s):
			return one(NotListed, "must be one of %s", strings.Join(f.Values, ", "))
		case f.MaxLen > 0 && utf8.RuneCountInString(s) > f.MaxLen:
			return one(TooLong, "must have at most %d characters", f.MaxLen)
		}
		if f.Kind == Image && !IsAddress(s) {
			if _, ok := ReadPicture(s); !ok {
				return one(NoImage, "must be an image as base64, or a URL")
			}
		}
	case Integer, Number:
		n, ok := number(v)
		switch {
		case !ok || f.Kind == Integer && n != float64(int64(n)):
			return wrong
		case (f.Min != 0 || f.Max != 0) && (n < f.Min || n > f.Max):
			return one(OutOfRange, "must be from %v to %v", f.Min, f.Max)
		}
	case Flag:
		if _, ok := v.(bool); !ok {
			return wrong
		}
	case Object:
		o, ok := v.(map[string]any)
		if !ok {
			return wrong
		}
		if f.Fields == nil {
			return nil
		}
		return Body(o).problems(f.Fields, model, name+".")
	case List:
		list, ok := v.([]any)
		switch {
		case !ok:
			return wrong
		case f.MaxLen > 0 && len(list) > f.MaxLen:
			return one(TooLong, "must have at most %d items", f.MaxLen)
		}
		return f.items(list, model, name)
	}
	return nil
}

func (f Field) items(list []any, model, name string) (out []Problem) {
	item := f.Item
	if item == nil && len(f.Fields) > 0 {
		item = &Field{Kind: Object, Fields: f.Fields}
	}
	for i := range list {
		if item != nil {
			out = append(out, item.check(list[i], model, fmt.Sprintf("%s.%d", name, i))...)
		}
	}
	return out
}

// Find returns the first problem with one of these rules; ok is false if there is
// none.
func Find(problems []Problem, rules ...Rule) (p Problem, ok bool) {
	i := slices.IndexFunc(problems, func(p Problem) bool { return slices.Contains(rules, p.Rule) })
	if i < 0 {
		return p, false
	}
	return problems[i], true
}

// Ordered returns the first of the named faults that the prompt asks for; empty if
// there is none. It is for faults before the purchase is recorded. "429" and "503"
// apply only to the first submissions of a task, which Ordered counts; see
// [Request.TakeFault].
func (o *Request) Ordered(names ...string) string {
	for _, name := range names {
		repeats := name == "429" || name == "503"
		if repeats && o.TakeFault(name) || !repeats && o.Has(name) {
			return name
		}
	}
	return ""
}
