package jsonblob

import "aigc/app/fault"

// Limits bound the structure of a JSON document: what is decoded takes some hundred bytes
// for each key and value, however short it is.
type Limits struct {
	Depth  int // nested objects and arrays
	Keys   int // of one object
	Items  int // of one array
	Values int // of the whole document: members of objects and items of arrays
}

// RequestLimits are those of a caller's request. No operation has 28 fields of its own in
// one object, and a batch of MCP has at most 1000 messages.
var RequestLimits = &Limits{Depth: 64, Keys: 128, Items: 1024, Values: 16 << 10}

// Check returns the fault of a document that is beyond the limits; it may be invalid JSON.
func (l *Limits) Check(doc []byte) error {
	c := counter{Limits: l}
	quoted := false
	for i := 0; i < len(doc); i++ {
		var err error
		switch b := doc[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			err = c.open(b)
		case b == '}' || b == ']':
			c.close()
		case b == ',':
			err = c.next()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// counter counts the values of a document while it is scanned. Without limits it only
// bounds the depth, as encoding/json does.
type counter struct {
	*Limits
	containers []container // that are open
	values     int
}

type container struct {
	kind   byte // { or [
	commas int
}

// maxDepth is the limit of nesting without [Limits], which encoding/json also has.
const maxDepth = 10_000

// open counts an object or an array that begins.
func (c *counter) open(kind byte) error {
	limit := maxDepth
	if c.Limits != nil {
		limit = c.Depth
	}
	if len(c.containers) >= limit {
		return fault.New(fault.Invalid, "document_too_deep", "The JSON document is nested more than %d deep.", limit).WithCharge(fault.ChargedNo)
	}
	c.containers = append(c.containers, container{kind: kind})
	return c.value()
}

// next counts the value or the key after a comma.
func (c *counter) next() error {
	if len(c.containers) == 0 {
		return nil // invalid JSON
	}
	top := &c.containers[len(c.containers)-1]
	top.commas++
	switch {
	case c.Limits == nil:
	case top.kind == '{' && top.commas >= c.Keys:
		return fault.New(fault.TooLarge, "too_many_fields", "An object in the JSON document has more than %d keys.", c.Keys).WithCharge(fault.ChargedNo)
	case top.kind == '[' && top.commas >= c.Items:
		return fault.New(fault.TooLarge, "too_many_items", "A list in the JSON document has more than %d items.", c.Items).WithCharge(fault.ChargedNo)
	}
	return c.value()
}

func (c *counter) value() error {
	if c.values++; c.Limits != nil && c.values > c.Values {
		return fault.New(fault.TooLarge, "too_many_values", "The JSON document has more than %d keys, items and lists.", c.Values).WithCharge(fault.ChargedNo)
	}
	return nil
}

func (c *counter) close() { c.containers = c.containers[:max(0, len(c.containers)-1)] }

// inObject says whether the next value is that of an object.
func (c *counter) inObject() bool {
	n := len(c.containers)
	return n > 0 && c.containers[n-1].kind == '{'
}
