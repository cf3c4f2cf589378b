package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"aigc/app/fault"
	"aigc/app/module"
)

// draft is a request that is being turned into a task.
type draft struct {
	Request
	raw    json.RawMessage // canonical JSON of the input, with the operation's defaults
	input  map[string]json.RawMessage
	images []*inputImage
	inputs []string // ids of the images' assets that came with this request or an earlier one
	module.Selection
	plan     module.Plan
	warnings []string
}

// parse validates an input against its operation's schema. It stores and sends
// nothing.
func (s *Service) parse(r Request) (*draft, error) {
	raw, err := r.Operation.Schema.Parse(r.Input)
	if err := fault.Join(s.uploads.check(r.Operation.Schema, r.Input, err != nil), err); err != nil {
		return nil, err
	}
	d := &draft{Request: r, raw: raw}
	if err := json.Unmarshal(raw, &d.input); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "", "The input could not be read back.")
	}
	return d, nil
}

// requestedModel returns the model that the input names; empty if none.
func requestedModel(input map[string]json.RawMessage) (model string) {
	_ = json.Unmarshal(input["model"], &model) // the schema has checked its type
	return model
}

// planFor validates the input for the selected route and sets plan and warnings.
func (d *draft) planFor(sel module.Selection) error {
	d.Selection = sel
	err := check(sel, d.raw)
	if err != nil {
		return err
	}
	if d.plan, err = sel.Route.Plan(d.raw, sel.Target); err != nil {
		return err
	}
	d.warnings = slices.Concat(sel.Warnings, d.Request.Warnings, d.plan.Warnings)
	return nil
}

// check validates an input for the selected route. Its error lists all faults.
func check(sel module.Selection, raw json.RawMessage) error {
	faults, err := sel.Route.Check(raw, sel.Target)
	if err != nil || len(faults) == 0 {
		return err
	}
	details := make([]fault.Detail, len(faults))
	for i, f := range faults {
		details[i] = fault.Detail{Location: "body." + f.Field, Message: f.Message}
	}
	return fault.InvalidInput(details...)
}

// hash identifies equal requests: SHA-256 of the operation and the canonical
// fields with their defaults, images by their content. Route, vendor and resolved
// model are left out, because a repeated request must be recognized before route
// selection, which may refuse it.
func (d *draft) hash() string {
	fields := make(map[string]json.RawMessage, len(d.input))
	for k, v := range d.input {
		fields[k] = v
	}
	for _, p := range d.images {
		p.replaceIn(fields, "sha256:"+p.sha256)
	}
	canonical, _ := json.Marshal(fields) // cannot fail: the values are valid raw JSON
	sum := sha256.Sum256(append([]byte(d.Operation.Kind()+"\n"), canonical...))
	return hex.EncodeToString(sum[:])
}

// Quote implements [API].
func (s *Service) Quote(ctx context.Context, r Request) (Quote, error) {
	d, err := s.parse(r)
	if err == nil {
		err = s.uploads.check(r.Operation.Schema, r.Input, true)
	}
	if err != nil {
		return Quote{}, err
	}
	sel, err := s.selectForQuote(ctx, r.Operation, requestedModel(d.input))
	if err != nil {
		return Quote{}, err
	}
	if err := d.planFor(sel); err != nil {
		return Quote{}, err
	}
	q := Quote{Model: sel.Target.Model, Vendor: sel.Target.Vendor, Count: d.plan.Count, Warnings: append([]string{}, d.warnings...)}
	if m := d.plan.Quote; m != nil {
		q.Cost = Cost{Quoted: amount(m), Currency: m.Currency}
	}
	return q, nil
}
