package provider

import (
	"encoding/json"
	"errors"
	"strconv"
)

// Unmarshal is json.Unmarshal that leaves out values of an odd type: a cost
// written as text must not lose the job's id or the results beside it.
func Unmarshal(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	if odd := (*json.UnmarshalTypeError)(nil); errors.As(err, &odd) {
		return nil
	}
	return err
}

// Text is a string that may also come as a number, which keeps all its digits.
// Anything else is empty, and never an error.
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

// Float is the number that a word says; false where it says none.
func (w Text) Float() (float64, bool) {
	f, err := strconv.ParseFloat(string(w), 64)
	return f, err == nil
}

// Int is the integer that a word says; false where it says none.
func (w Text) Int() (int64, bool) {
	n, err := strconv.ParseInt(string(w), 10, 64)
	return n, err == nil
}
