package module

import (
	"errors"
	"fmt"
	"reflect"

	"aigc/app/provider"
)

// Registry holds the operations and vendors of the declared modules. It is a value
// and not a global, so that tests can use modules of their own.
type Registry struct {
	specs      []Spec
	operations []*Registered
	byKind     map[string]*Registered
	owners     map[string]string // kind, path, tool or module name → module that declares it
	vendors    map[string]provider.Vendor
	errs       []error
}

// NewRegistry registers modules in order. The error lists every name, path, tool or
// route that is declared twice, every operation without a path, a route or a model,
// and every WithImages that names no operation.
func NewRegistry(modules ...Module) (*Registry, error) {
	reg := &Registry{byKind: map[string]*Registered{}, owners: map[string]string{}, vendors: map[string]provider.Vendor{}}
	for _, m := range modules {
		reg.unique("module "+m.spec.Name, m.spec.Name)
		reg.specs = append(reg.specs, m.spec)
		for _, op := range m.operations {
			reg.add(op.registered(m.spec))
		}
	}
	for _, e := range reg.operations {
		if name := e.Operation.WithImages; name != "" && reg.byKind[e.Module.Name+"."+name] == nil {
			reg.errs = append(reg.errs, fmt.Errorf("operation %s: WithImages names %s, which module %s does not have", e.Kind(), name, e.Module.Name))
		}
	}
	if len(reg.errs) > 0 {
		return nil, fmt.Errorf("invalid module declarations: %w", errors.Join(reg.errs...))
	}
	return reg, nil
}

// Declaration is an operation with its routes, whatever its input type; made by
// [Declare].
type Declaration interface {
	registered(Spec) *Registered
}

type declaration[In any] struct {
	operation Operation
	routes    []RouteOf[In]
}

// Declare declares an operation with the input struct In. [Select] prefers routes in
// the order given: the vendor that makes the model first, then other hosts of it.
func Declare[In any](op Operation, routes ...RouteOf[In]) Declaration {
	return declaration[In]{op, routes}
}

func (d declaration[In]) registered(spec Spec) *Registered {
	e := &Registered{Module: spec, Operation: d.operation, Input: reflect.TypeFor[In]()}
	for _, r := range d.routes {
		e.Routes = append(e.Routes, r.Route)
	}
	return e
}

func (reg *Registry) add(e *Registered) {
	op := e.Operation
	reg.unique("kind "+e.Kind(), e.Module.Name)
	reg.unique("tool "+op.Tool, e.Module.Name)
	for _, p := range op.Paths {
		reg.unique("path "+p, e.Module.Name)
	}
	if len(e.Routes) == 0 || len(op.Paths) == 0 {
		reg.errs = append(reg.errs, fmt.Errorf("operation %s needs a path and a route", e.Kind()))
	}
	for _, r := range e.Routes {
		reg.unique("route "+e.Kind()+" by "+r.Vendor.Name, e.Module.Name)
		if len(r.Models) == 0 {
			reg.errs = append(reg.errs, fmt.Errorf("operation %s: the route of %s has no model", e.Kind(), r.Vendor.Name))
		}
		reg.vendors[r.Vendor.Name] = r.Vendor
	}
	reg.operations = append(reg.operations, e)
	reg.byKind[e.Kind()] = e
}

// unique records that a module declares a name, and an error if another did before.
func (reg *Registry) unique(name, module string) {
	if other, taken := reg.owners[name]; taken {
		reg.errs = append(reg.errs, fmt.Errorf("%s is declared by both %s and %s", name, other, module))
	}
	reg.owners[name] = module
}

// Specs are the descriptions of the modules, in order.
func (reg *Registry) Specs() []Spec { return reg.specs }

// Operations are the operations of all modules, in order.
func (reg *Registry) Operations() []*Registered { return reg.operations }

// Operation finds an operation by its kind of task; nil if there is none.
func (reg *Registry) Operation(kind string) *Registered { return reg.byKind[kind] }

// Primary is the operation that `aigc generate <module>` runs: the one marked
// Primary, else the module's first; nil if there is none.
func (reg *Registry) Primary(module string) *Registered {
	var first *Registered
	for _, e := range reg.operations {
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

// Vendors are the vendors of all routes, by name.
func (reg *Registry) Vendors() map[string]provider.Vendor { return reg.vendors }
