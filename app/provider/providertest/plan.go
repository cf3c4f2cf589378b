package providertest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
)

// Plan is the expected result of a driver's Check and Plan for an input.
type Plan struct {
	Count    int      // results asked for
	Quote    float64  // in the currency of the list; 0: no price is known, unless Free
	Free     bool     // the quote is 0
	Faults   []string // the fields at fault, in order
	Warnings []string // how each begins
}

// Of compares it with the actual result for an input and a model of a route.
func (want Plan) Of(t *testing.T, r module.Route, model string, in any) {
	t.Helper()
	input, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	faults, err := r.Check(input, r.Target(model))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		fields = append(fields, f.Field)
		if f.Message == "" {
			t.Errorf("%s: empty message", f.Field)
		}
	}
	if !slices.Equal(fields, want.Faults) {
		t.Errorf("faults of %v, want %v", fields, want.Faults)
	}
	p, err := r.Plan(input, r.Target(model))
	if err != nil {
		t.Fatal(err)
	}
	if p.Count != want.Count {
		t.Errorf("%d results, want %d", p.Count, want.Count)
	}
	if (p.Quote == nil) != (want.Quote == 0 && !want.Free) || p.Quote != nil && p.Quote.Micros != provider.USD(want.Quote).Micros {
		t.Errorf("quote %+v, want %v", p.Quote, want.Quote)
	}
	if len(p.Warnings) != len(want.Warnings) {
		t.Fatalf("warnings %q, want %q", p.Warnings, want.Warnings)
	}
	for i, w := range want.Warnings {
		if !strings.HasPrefix(p.Warnings[i], w) {
			t.Errorf("warning %q, want %q", p.Warnings[i], w)
		}
	}
}
