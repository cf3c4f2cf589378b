package mcpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"aigc/app/fault"
	"aigc/app/schema"
	"aigc/app/service"
)

// creation is what a paid tool runs: an operation, or edit instead if a call has
// input images. The tool's arguments are the fields of both and the options.
type creation struct {
	service.Operation
	edit      *service.Operation // nil: the operation has no WithImages
	replaced  bool               // it is the edit of another creation, whose tool is to be used
	arguments json.RawMessage    // see [creation.argumentSchema]
}

// newCreations makes the creations of all operations, in their order.
func newCreations(ops []service.Operation) []*creation {
	list := make([]*creation, len(ops))
	byKind := map[string]*creation{}
	for i, op := range ops {
		list[i] = &creation{Operation: op}
		byKind[op.Kind()] = list[i]
	}
	for _, cr := range list {
		if name := cr.Registered.Operation.WithImages; name != "" {
			other := byKind[cr.Module.Name+"."+name] // [module.NewRegistry] has checked that it exists
			cr.edit, other.replaced = &other.Operation, true
		}
		cr.arguments = cr.argumentSchema()
	}
	return list
}

// fields are the fields of both operations. Those of edit alone are not required.
func (cr *creation) fields() []schema.Field {
	out := slices.Clone(cr.Schema.Fields())
	if cr.edit == nil {
		return out
	}
	for _, f := range cr.edit.Schema.Fields() {
		if _, own := cr.Schema.Field(f.Name); !own {
			f.Required = false
			out = append(out, f)
		}
	}
	return out
}

// request is a call of a paid tool: the operation that runs and its input.
type request struct {
	options
	op      service.Operation
	fields  map[string]json.RawMessage // of the input
	ignored []string                   // warnings about ignored arguments
}

// parse separates the options from the input, and selects the operation. If an
// option is invalid, the error has the faults of the input too.
func (cr *creation) parse(args json.RawMessage) (*request, error) {
	r := &request{fields: map[string]json.RawMessage{}}
	if err := json.Unmarshal(args, &r.fields); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "not_json", "The arguments are not a JSON object.").WithCharge(fault.ChargedNo)
	}
	extra := map[string]json.RawMessage{}
	for _, f := range optionsSchema.Fields() {
		if raw, given := r.fields[f.Name]; given {
			extra[f.Name] = raw
			delete(r.fields, f.Name)
		}
	}
	cr.selectOperation(r)
	r.fields = object(r.op.Schema.Relax(encode(r.fields)))
	raw, err := optionsSchema.Parse(optionsSchema.Relax(encode(extra)))
	if err != nil {
		_, more := r.op.Schema.Parse(encode(r.fields))
		return nil, fault.Join(err, more)
	}
	return r, json.Unmarshal(raw, &r.options)
}

// selectOperation sets the operation: edit if a field that only edit has is not
// empty. Fields that the selected operation does not have, but the other one has,
// are removed: agents send empty lists for what they do not use.
func (cr *creation) selectOperation(r *request) {
	r.op = cr.Operation
	if cr.edit == nil {
		return
	}
	other := cr.edit
	for name, raw := range r.fields {
		_, own := cr.Schema.Field(name)
		_, edits := cr.edit.Schema.Field(name)
		if !own && edits && !isEmpty(raw) {
			r.op, other = *cr.edit, &cr.Operation
			break
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.fields)) {
		_, selected := r.op.Schema.Field(name)
		_, known := other.Schema.Field(name)
		if selected || !known {
			continue
		}
		if !isEmpty(r.fields[name]) {
			r.ignored = append(r.ignored, name+" ignored: it is not supported together with input images.")
		}
		delete(r.fields, name)
	}
}

// isEmpty reports whether a value is null, "" or [].
func isEmpty(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "null", `""`, "[]":
		return true
	}
	return false
}

// argumentSchema is the complete JSON schema of the tool's arguments. It panics if
// a field has the name of an option.
func (cr *creation) argumentSchema() json.RawMessage {
	doc := object(cr.Schema.JSON())
	props, defs := object(doc["properties"]), object(doc["$defs"])
	if cr.edit != nil {
		other := object(cr.edit.Schema.JSON())
		addMissing(props, object(other["properties"]))
		addMissing(defs, object(other["$defs"]))
	}
	for name, p := range object(object(optionsSchema.JSON())["properties"]) {
		if _, taken := props[name]; taken {
			panic("mcpapi: an operation's input must not have a field named " + name + ", which is an option of every paid tool")
		}
		props[name] = p
	}
	doc["properties"] = encode(props)
	if len(defs) > 0 {
		doc["$defs"] = encode(defs)
	}
	return bytes.ReplaceAll(encode(doc), []byte("/api/models"), []byte("list_models")) // the MCP name of the model catalogue
}

// object parses a JSON object of a schema; without one it is empty.
func object(raw json.RawMessage) map[string]json.RawMessage {
	members := map[string]json.RawMessage{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &members); err != nil {
			panic(fmt.Sprintf("mcpapi: cannot parse a schema: %v", err))
		}
	}
	return members
}

func addMissing(to, from map[string]json.RawMessage) {
	for name, v := range from {
		if _, taken := to[name]; !taken {
			to[name] = v
		}
	}
}
