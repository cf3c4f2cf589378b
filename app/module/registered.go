package module

import (
	"reflect"
	"slices"
)

// Registered is a declared operation with its module and its routes, as the host
// uses it.
type Registered struct {
	Module    Spec
	Operation Operation
	Routes    []Route
	Input     reflect.Type // the input struct
}

// Kind is the kind of task: "gpt.generations". It is stored with tasks, so it must
// not change.
func (e *Registered) Kind() string { return e.Module.Name + "." + e.Operation.Name }

// Default is the model used when neither the request nor the settings name one:
// the default of the first route.
func (e *Registered) Default() Model { return e.Routes[0].Default() }

// Models are the model tables of all routes, each model once.
func (e *Registered) Models() []Model {
	var out []Model
	for _, r := range e.Routes {
		for _, m := range r.Models {
			if !slices.ContainsFunc(out, func(o Model) bool { return o.ID == m.ID }) {
				out = append(out, m)
			}
		}
	}
	return out
}

// Model finds a model in any route's table by id or alias.
func (e *Registered) Model(id string) (Model, bool) {
	for _, r := range e.Routes {
		if m, known := r.Model(id); known {
			return m, true
		}
	}
	return Model{}, false
}

// Route finds the route of a vendor.
func (e *Registered) Route(vendor string) (Route, bool) {
	i := slices.IndexFunc(e.Routes, func(r Route) bool { return r.Vendor.Name == vendor })
	if i < 0 {
		return Route{}, false
	}
	return e.Routes[i], true
}
