package module

import "reflect"

// Entry is a declared operation as the host sees it.
type Entry struct {
	Module    Spec
	Operation Operation
	Routes    []Route
	Input     reflect.Type
	decode    func(Raw) (any, error)
}

// Kind is the kind of task: "gpt.generations". It is stored, so it is permanent.
func (e *Entry) Kind() string { return e.Module.Name + "." + e.Operation.Name }

// Default is the model used when none is asked for: the first in the table
// that is not gone.
func (e *Entry) Default() Model {
	for _, m := range e.Operation.Models {
		if !m.Gone() {
			return m
		}
	}
	return e.Operation.Models[0]
}

// Model finds a row of the table by id or alias.
func (e *Entry) Model(id string) (Model, bool) {
	for _, m := range e.Operation.Models {
		if m.ID == id {
			return m, true
		}
		for _, a := range m.Aliases {
			if a == id {
				return m, true
			}
		}
	}
	return Model{}, false
}

// Route finds the route of a vendor.
func (e *Entry) Route(vendor string) (Route, bool) {
	for _, r := range e.Routes {
		if r.Vendor.Name == vendor {
			return r, true
		}
	}
	return Route{}, false
}

// Plan asks the input what a model makes of it.
func (e *Entry) Plan(raw Raw, model string) (Plan, error) {
	in, err := e.decode(raw)
	if err != nil {
		return Plan{}, badInput(err)
	}
	p := Plan{Pictures: 1}
	if planner, ok := in.(Planner); ok {
		p = planner.Plan(model)
	}
	p.Pictures = max(p.Pictures, 1)
	return p, nil
}

// Check asks the input for faults that a schema cannot say.
func (e *Entry) Check(raw Raw, model string) ([]Fault, error) {
	in, err := e.decode(raw)
	if err != nil {
		return nil, badInput(err)
	}
	if c, ok := in.(Checker); ok {
		return c.Check(model), nil
	}
	return nil, nil
}
