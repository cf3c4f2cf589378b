package provider

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// Unmarshal is json.Unmarshal without an error for values of an unexpected type; such
// fields stay zero. A cost that the vendor writes as text must not lose the job's id or
// the results in the same answer.
func Unmarshal(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	if odd := (*json.UnmarshalTypeError)(nil); errors.As(err, &odd) {
		return nil
	}
	return err
}

// Text unmarshals a JSON string or number; a number keeps all its digits. Any other value
// gives the empty Text, without an error.
type Text string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *Text) UnmarshalJSON(data []byte) error {
	*w = ""
	if json.Unmarshal(data, (*string)(w)) == nil {
		return nil
	}
	var n json.Number
	if json.Unmarshal(data, &n) == nil {
		*w = Text(n)
	}
	return nil
}

// Float parses the text as a number; false if it is none.
func (w Text) Float() (float64, bool) {
	f, err := strconv.ParseFloat(string(w), 64)
	return f, err == nil
}

// Int parses the text as an integer; false if it is none.
func (w Text) Int() (int64, bool) {
	n, err := strconv.ParseInt(string(w), 10, 64)
	return n, err == nil
}

// Int unmarshals a JSON number or a text with one. Any other value, and a number with a
// fraction, gives 0, without an error.
type Int int64

// UnmarshalJSON implements [json.Unmarshaler].
func (n *Int) UnmarshalJSON(data []byte) error {
	var t Text
	_ = t.UnmarshalJSON(data) // never an error
	*n = 0
	if i, ok := t.Int(); ok {
		*n = Int(i)
	} else if f, ok := t.Float(); ok && f == float64(int64(f)) {
		*n = Int(int64(f))
	}
	return nil
}

// Flag unmarshals a JSON boolean, or a text or number that means one. Any other value
// gives false, without an error.
type Flag bool

// UnmarshalJSON implements [json.Unmarshaler].
func (f *Flag) UnmarshalJSON(data []byte) error {
	var b bool
	var t Text
	_ = t.UnmarshalJSON(data) // never an error
	switch text := strings.ToLower(strings.TrimSpace(string(t))); {
	case json.Unmarshal(data, &b) == nil:
		*f = Flag(b)
	default:
		*f = Flag(text == "true" || text == "1" || text == "yes")
	}
	return nil
}

// Items unmarshals a JSON list, or a single object or text as a list of one. What has an
// unexpected type stays zero, without an error. A list is not nil, also if it is empty;
// null and any other value give nil.
type Items[T any] []T

// UnmarshalJSON implements [json.Unmarshaler].
func (l *Items[T]) UnmarshalJSON(data []byte) error {
	*l = nil
	var all []json.RawMessage
	switch data[0] {
	case '[':
		_ = json.Unmarshal(data, &all) // valid JSON: the decoder has checked it
		*l = Items[T]{}
	case '{', '"':
		all = []json.RawMessage{data}
	}
	for _, raw := range all {
		var v T
		_ = Unmarshal(raw, &v)
		*l = append(*l, v)
	}
	return nil
}
