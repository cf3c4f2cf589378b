package module

import (
	"encoding/json"
	"slices"
	"time"

	"aigc/app/provider"
)

// Terms are the models, the time limits and the polling interval of one vendor for
// an operation.
type Terms struct {
	Models []Model // the first that is not retired is the default

	// CountField names the input's count field ("n") if the vendor makes one result
	// per request, or a limited number: a request for more becomes a group of tasks,
	// one per result, or one per [Plan].PerRequest results.
	CountField string

	// CountAliases name the input's other fields for the count. The tasks of a group have
	// only CountField.
	CountAliases []string

	// SlotPerResult is set if the vendor counts each result of a request, and not the
	// request, against the limit of running tasks.
	SlotPerResult bool

	Submit   time.Duration // limit of one submission; default 5 min
	Deadline time.Duration // limit from the ticket to the result; default 30 min
	Poll     Interval
}

// Interval is the time between polls of a job. Against the sandbox it is divided by
// 20.
type Interval struct {
	First time.Duration // from the ticket to the first poll; default 0
	Every time.Duration // between two polls; default 5 s
}

// Route is a vendor that can do an operation, with its terms and its driver.
type Route struct {
	Vendor provider.Vendor
	Terms
	AnyDriver AnyDriver
}

// RouteOf is a route of an operation with the input struct In.
type RouteOf[In any] struct{ Route }

// Sync makes the route of a vendor that answers a paid request with the result.
func Sync[In any](v provider.Vendor, g provider.Generator[In], t Terms) RouteOf[In] {
	return RouteOf[In]{Route{Vendor: v, Terms: t.Complete(), AnyDriver: generator[In]{g}}}
}

// Async makes the route of a vendor that answers a paid request with a ticket and is
// polled for the result.
func Async[In any](v provider.Vendor, d provider.Driver[In], t Terms) RouteOf[In] {
	return RouteOf[In]{Route{Vendor: v, Terms: t.Complete(), AnyDriver: driver[In]{d}}}
}

// Mixed makes the route of a host that answers a paid request with the result or with
// a ticket.
func Mixed[In any](v provider.Vendor, d provider.MixedDriver[In], t Terms) RouteOf[In] {
	return RouteOf[In]{Route{Vendor: v, Terms: t.Complete(), AnyDriver: mixed[In]{d}}}
}

// Complete fills in the defaults of unset limits.
func (t Terms) Complete() Terms {
	if t.Submit == 0 {
		t.Submit = 5 * time.Minute
	}
	if t.Deadline == 0 {
		t.Deadline = 30 * time.Minute
	}
	if t.Poll.Every == 0 {
		t.Poll.Every = 5 * time.Second
	}
	return t
}

// Default is the first model of the table that is not retired; the first of all if
// all are.
func (t Terms) Default() Model {
	for _, m := range t.Models {
		if !m.IsRetired() {
			return m
		}
	}
	return t.Models[0]
}

// Model finds a model of the table by id or alias.
func (t Terms) Model(id string) (Model, bool) {
	for _, m := range t.Models {
		if m.ID == id || slices.Contains(m.Aliases, id) {
			return m, true
		}
	}
	return Model{}, false
}

// Prices is the price list of a model; nil if the table does not have the model.
func (t Terms) Prices(model string) []provider.Price {
	m, _ := t.Model(model)
	return m.Prices
}

// Target is a model of this route, with its price list.
func (r Route) Target(model string) Target {
	return Target{Vendor: r.Vendor.Name, Model: model, Prices: r.Prices(model)}
}

// Plan computes the number of results, the quote and the warnings of an input; see
// [Planner]. The error is a fault: the input cannot be decoded.
func (r Route) Plan(raw json.RawMessage, t Target) (Plan, error) {
	p, err := r.AnyDriver.Plan(raw, t)
	p.Count = max(p.Count, 1)
	return p, err
}

// Check returns the faults of an input that a JSON schema cannot express; see
// [Checker].
func (r Route) Check(raw json.RawMessage, t Target) ([]FieldError, error) {
	return r.AnyDriver.Check(raw, t)
}
