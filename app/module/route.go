package module

import (
	"encoding/json"
	"slices"
	"time"

	"aigc/app/provider"
)

// Terms are what one vendor says of an operation.
type Terms struct {
	Models []Model // the first one that is not retired is the default

	// CountField names the input's count field ("n") where the vendor makes one
	// result a submission: each result becomes a task of its own.
	CountField string

	Submit   time.Duration // how long one submission may take; 5 min if zero
	Deadline time.Duration // from the ticket on; 30 min if zero
	Poll     Interval
}

// Interval is how often a vendor wants to be asked. Against the sandbox all of
// it shrinks twentyfold.
type Interval struct {
	First time.Duration // after the ticket
	Every time.Duration // 5 s if zero
}

// Route is one way an operation can be done: a vendor, its terms, its driver.
type Route struct {
	Vendor provider.Vendor
	Terms
	AnyDriver AnyDriver
}

// RouteOf is a route of an operation with the input In.
type RouteOf[In any] struct{ Route }

// Sync makes a route of a vendor that answers a paid request with the result.
func Sync[In any](v provider.Vendor, g provider.Generator[In], t Terms) RouteOf[In] {
	return RouteOf[In]{Route{Vendor: v, Terms: t.Complete(), AnyDriver: generator[In]{g}}}
}

// Async makes a route of a vendor that takes a job and is asked for it later.
func Async[In any](v provider.Vendor, d provider.Driver[In], t Terms) RouteOf[In] {
	return RouteOf[In]{Route{Vendor: v, Terms: t.Complete(), AnyDriver: driver[In]{d}}}
}

// Complete fills in what is left out.
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

// Default is the model used when none is asked for: the first in the table
// that is not gone.
func (t Terms) Default() Model {
	for _, m := range t.Models {
		if !m.IsRetired() {
			return m
		}
	}
	return t.Models[0]
}

// Model finds a row of the table by id or alias.
func (t Terms) Model(id string) (Model, bool) {
	for _, m := range t.Models {
		if m.ID == id || slices.Contains(m.Aliases, id) {
			return m, true
		}
	}
	return Model{}, false
}

// Prices are the list of a model; nil where the table does not have it.
func (t Terms) Prices(model string) []provider.Price {
	m, _ := t.Model(model)
	return m.Prices
}

// Target names a model of this route.
func (r Route) Target(model string) Target {
	return Target{Vendor: r.Vendor.Name, Model: model, Prices: r.Prices(model)}
}

// Plan asks the driver what its vendor makes of an input.
func (r Route) Plan(raw json.RawMessage, t Target) (Plan, error) {
	p, err := r.AnyDriver.Plan(raw, t)
	p.Count = max(p.Count, 1)
	return p, err
}

// Check asks the driver for faults that a schema cannot say.
func (r Route) Check(raw json.RawMessage, t Target) ([]FieldError, error) {
	return r.AnyDriver.Check(raw, t)
}
