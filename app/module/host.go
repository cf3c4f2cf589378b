package module

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"aigc/app/provider"
)

// Host collects what modules declare. It is a value, not a global: tests make
// one with the modules they want.
type Host struct {
	spec    Spec
	specs   []Spec
	entries []*Entry
	byKind  map[string]*Entry
	seen    map[string]string // route, tool or name → who has it
	vendors map[string]provider.Vendor
	errs    []error
}

// NewHost mounts the modules in order. A name, route or tool used twice is an
// error, as is anything a module reports.
func NewHost(modules ...Module) (*Host, error) {
	h := &Host{byKind: map[string]*Entry{}, seen: map[string]string{}, vendors: map[string]provider.Vendor{}}
	for _, m := range modules {
		h.spec = m.Spec()
		h.claim("module "+h.spec.Name, h.spec.Name)
		h.specs = append(h.specs, h.spec)
		if err := m.Mount(h); err != nil {
			h.errs = append(h.errs, fmt.Errorf("module %s: %w", h.spec.Name, err))
		}
	}
	if len(h.errs) > 0 {
		return nil, fmt.Errorf("modules do not fit together: %w", joined(h.errs))
	}
	return h, nil
}

// Route is one way an operation can be done: a vendor and its driver.
type Route struct {
	Vendor provider.Vendor
	Job    Job
}

// Via makes a route of a driver: a [provider.Driver] or a [provider.Generator]
// of the operation's input type.
func Via[In any](v provider.Vendor, driver any) Route {
	return Route{Vendor: v, Job: erase[In](driver)}
}

// Add declares an operation of the module being mounted. Routes are tried in
// order: the first whose vendor has a key is used.
func Add[In any](h *Host, op Operation, routes ...Route) {
	if op.Submit == 0 {
		op.Submit = 5 * time.Minute
	}
	if op.Deadline == 0 {
		op.Deadline = 30 * time.Minute
	}
	e := &Entry{
		Module: h.spec, Operation: op, Routes: routes,
		Input:  reflect.TypeFor[In](),
		decode: func(raw Raw) (any, error) { var in In; err := json.Unmarshal(raw, &in); return in, err },
	}
	h.claim("kind "+e.Kind(), h.spec.Name)
	h.claim("tool "+op.Tool, h.spec.Name)
	for _, p := range op.Paths {
		h.claim("route "+p, h.spec.Name)
	}
	if len(op.Models) == 0 || len(routes) == 0 || len(op.Paths) == 0 {
		h.errs = append(h.errs, fmt.Errorf("operation %s needs a path, a model and a route", e.Kind()))
	}
	for _, r := range routes {
		h.vendors[r.Vendor.Name] = r.Vendor
	}
	h.entries = append(h.entries, e)
	h.byKind[e.Kind()] = e
}

func (h *Host) claim(what, who string) {
	if other, taken := h.seen[what]; taken {
		h.errs = append(h.errs, fmt.Errorf("%s is declared by both %s and %s", what, other, who))
	}
	h.seen[what] = who
}

func joined(errs []error) error {
	parts := make([]string, len(errs))
	for i, e := range errs {
		parts[i] = e.Error()
	}
	return fmt.Errorf("%s", strings.Join(parts, "; "))
}

// Specs are the modules in order.
func (h *Host) Specs() []Spec { return h.specs }

// Entries are the operations in order.
func (h *Host) Entries() []*Entry { return h.entries }

// Entry finds an operation by its kind of task; nil if there is none.
func (h *Host) Entry(kind string) *Entry { return h.byKind[kind] }

// Main is the operation that `aigc generate <module>` means; nil if there is none.
func (h *Host) Main(module string) *Entry {
	var first *Entry
	for _, e := range h.entries {
		if e.Module.Name != module {
			continue
		}
		if e.Operation.Main {
			return e
		}
		if first == nil {
			first = e
		}
	}
	return first
}

// Vendors are all vendors that some route names, by name.
func (h *Host) Vendors() map[string]provider.Vendor { return h.vendors }
