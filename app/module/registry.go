package module

import (
	"errors"
	"fmt"
	"reflect"

	"aigc/app/provider"
)

// Registry collects what modules declare. It is a value, not a global: tests make
// one with the modules they want.
type Registry struct {
	specs   []Spec
	entries []*Registered
	byKind  map[string]*Registered
	seen    map[string]string // route, tool or name → who has it
	vendors map[string]provider.Vendor
	errs    []error
}

// NewRegistry takes the modules in order. A name, path or tool used twice is an
// error, and so is an operation that cannot be called.
func NewRegistry(modules ...Module) (*Registry, error) {
	h := &Registry{byKind: map[string]*Registered{}, seen: map[string]string{}, vendors: map[string]provider.Vendor{}}
	for _, m := range modules {
		h.claim("module "+m.spec.Name, m.spec.Name)
		h.specs = append(h.specs, m.spec)
		for _, op := range m.operations {
			h.add(op.entry(m.spec))
		}
	}
	if len(h.errs) > 0 {
		return nil, fmt.Errorf("modules do not fit together: %w", errors.Join(h.errs...))
	}
	return h, nil
}

// Declaration is an operation with its routes; see [Declare].
type Declaration interface {
	entry(Spec) *Registered
}

type declaration[In any] struct {
	operation Operation
	routes    []RouteOf[In]
}

// Declare makes an operation with the input In. Its routes stand in the order
// in which [Select] prefers them: the model's own vendor first, then its second
// door, then others.
func Declare[In any](op Operation, routes ...RouteOf[In]) Declaration {
	return declaration[In]{op, routes}
}

func (d declaration[In]) entry(spec Spec) *Registered {
	e := &Registered{Module: spec, Operation: d.operation, Input: reflect.TypeFor[In]()}
	for _, r := range d.routes {
		e.Routes = append(e.Routes, r.Route)
	}
	return e
}

func (h *Registry) add(e *Registered) {
	op := e.Operation
	h.claim("kind "+e.Kind(), e.Module.Name)
	h.claim("tool "+op.Tool, e.Module.Name)
	for _, p := range op.Paths {
		h.claim("path "+p, e.Module.Name)
	}
	if len(e.Routes) == 0 || len(op.Paths) == 0 {
		h.errs = append(h.errs, fmt.Errorf("operation %s needs a path and a route", e.Kind()))
	}
	for _, r := range e.Routes {
		h.claim("route "+e.Kind()+" by "+r.Vendor.Name, e.Module.Name)
		if len(r.Models) == 0 {
			h.errs = append(h.errs, fmt.Errorf("operation %s: the route of %s has no model", e.Kind(), r.Vendor.Name))
		}
		h.vendors[r.Vendor.Name] = r.Vendor
	}
	h.entries = append(h.entries, e)
	h.byKind[e.Kind()] = e
}

func (h *Registry) claim(what, who string) {
	if other, taken := h.seen[what]; taken {
		h.errs = append(h.errs, fmt.Errorf("%s is declared by both %s and %s", what, other, who))
	}
	h.seen[what] = who
}

// Specs are the modules in order.
func (h *Registry) Specs() []Spec { return h.specs }

// Operations are the operations in order.
func (h *Registry) Operations() []*Registered { return h.entries }

// Operation finds an operation by its kind of task; nil if there is none.
func (h *Registry) Operation(kind string) *Registered { return h.byKind[kind] }

// Primary is the operation that `aigc generate <module>` means; nil if there is none.
func (h *Registry) Primary(module string) *Registered {
	var first *Registered
	for _, e := range h.entries {
		if e.Module.Name != module {
			continue
		}
		if e.Operation.Primary {
			return e
		}
		if first == nil {
			first = e
		}
	}
	return first
}

// Vendors are all vendors that some route names, by name.
func (h *Registry) Vendors() map[string]provider.Vendor { return h.vendors }
