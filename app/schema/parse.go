package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/strictjson"
)

// maxFaults is the limit of faults in one answer.
const maxFaults = 32

// Parse validates an input and returns it in canonical form, with defaults. The error is
// a fault of kind Invalid with one detail for each fault of the input, with locations
// such as "body", "body.size" and "body.images[2]". A null in an optional field is the
// same as leaving the field out. Values that are written differently from the schema but
// have only one meaning are accepted: see [relaxer]. Text that is not UTF-8 and keys that
// are there twice are faults, too: see package strictjson. A document beyond
// [jsonblob.RequestLimits] is refused before it is decoded.
func (s *Schema) Parse(raw []byte) (json.RawMessage, error) {
	if err := jsonblob.RequestLimits.Check(raw); err != nil {
		return nil, err
	}
	input, err := object(raw)
	if err != nil {
		return nil, err
	}
	relaxer{}.relax(s.root, input)
	c := cleaner{faults: strictjson.Check(raw)}
	c.clean(s.root, input, location{})
	s.validate(&c, input)
	if err := c.err(); err != nil {
		return nil, err
	}
	out, err := canonical(input)
	if err != nil {
		return nil, err
	}
	// The module must be able to decode the stored input: a type with an UnmarshalJSON of
	// its own may be stricter than the schema.
	if err := json.Unmarshal(out, reflect.New(s.typ).Interface()); err != nil {
		return nil, fault.InvalidInput(fault.Detail{Location: faultLocation(err), Message: "expected a value of another form"})
	}
	return out, nil
}

// object decodes exactly one JSON object. Numbers become json.Number.
func object(raw []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, notJSON(err, raw)
	}
	if len(bytes.TrimSpace(raw[dec.InputOffset():])) > 0 {
		return nil, notJSON(errMore, raw)
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fault.InvalidInput(fault.Detail{Location: "body", Message: "expected object"})
	}
	return m, nil
}

var errMore = errors.New("more than one value")

// notJSON is the fault of a body that is not one JSON object, with the code not_json.
func notJSON(err error, raw []byte) error {
	message := "expected a JSON object, but it is cut off"
	var syntax *json.SyntaxError
	encoding := strictjson.Check(raw)
	switch {
	case len(encoding) > 0:
		message = encoding[0].Message
	case len(bytes.TrimSpace(raw)) == 0:
		message = "expected a JSON object, but it is empty"
	case errors.Is(err, errMore):
		message = "expected one JSON object and nothing else"
	case errors.As(err, &syntax):
		message = fmt.Sprintf("expected a JSON object, but it is invalid JSON at byte %d", syntax.Offset)
	}
	f := fault.From(fault.InvalidInput(fault.Detail{Location: "body", Message: message}))
	f.Code = "not_json"
	return f
}

// validators has reusable buffers of huma's validator.
var validators = sync.Pool{New: func() any { return &validator{path: huma.NewPathBuffer(make([]byte, 0, 128), 0)} }}

type validator struct {
	path *huma.PathBuffer
	res  huma.ValidateResult
}

// validate runs huma's validator and adds its faults, except where c already has one.
func (s *Schema) validate(c *cleaner, input map[string]any) {
	v := validators.Get().(*validator)
	defer validators.Put(v)
	v.path.Reset()
	v.path.Push("body")
	v.res.Reset()
	huma.Validate(s.reg, s.root.schema, v.path, huma.ModeWriteToServer, input, &v.res)
	known := len(c.faults)
	for i, err := range v.res.Errors {
		var d *huma.ErrorDetail
		if errors.As(err, &d) && !slices.ContainsFunc(c.faults[:known], func(f fault.Detail) bool { return f.Location == d.Location }) {
			c.faults = append(c.faults, fault.Detail{Location: d.Location, Message: withoutValue(d.Message)})
		}
		v.res.Errors[i] = nil // it refers to the caller's value
	}
}

// withoutValue shortens the few messages of huma that repeat the value.
func withoutValue(message string) string {
	for _, p := range []string{"expected string to be RFC", "expected string to be regex", "expected duration"} {
		if strings.HasPrefix(message, p) {
			message, _, _ = strings.Cut(message, ": ")
		}
	}
	return message
}

// err is all faults as one, sorted by location and limited to maxFaults.
func (c *cleaner) err() error {
	slices.SortStableFunc(c.faults, byLocation)
	c.faults = slices.Compact(c.faults)
	if more := len(c.faults) - maxFaults; more > 0 {
		c.faults = append(c.faults[:maxFaults:maxFaults], fault.Detail{Location: "body", Message: fmt.Sprintf("and %d more faults", more)})
	}
	return fault.InvalidInput(c.faults...)
}

// canonical marshals v with sorted keys and without HTML escapes.
func canonical(v any) (json.RawMessage, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "", "The input could not be marshalled.")
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// faultLocation is the field of an unmarshalling error, or "body".
func faultLocation(err error) string {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) && t.Field != "" {
		return "body." + t.Field
	}
	return "body"
}
