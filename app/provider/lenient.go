package provider

import (
	"encoding/json"
	"errors"
	"strconv"
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
