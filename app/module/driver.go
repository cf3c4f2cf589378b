package module

import (
	"context"
	"encoding/json"

	"aigc/app/fault"
	"aigc/app/provider"
)

// AnyDriver is a driver without its input type. Exactly one of ticket and answer is
// set when Submit returns no error.
type AnyDriver interface {
	Submit(ctx context.Context, c provider.Call, in json.RawMessage) (*provider.Ticket, *provider.Answer, error)
	Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error)
	Plan(in json.RawMessage, t Target) (Plan, error)
	Check(in json.RawMessage, t Target) ([]FieldError, error)
	Driver() any // for optional interfaces
	Async() bool // gives tickets
}

type generator[In any] struct{ real provider.Generator[In] }

func (g generator[In]) Submit(ctx context.Context, c provider.Call, raw json.RawMessage) (*provider.Ticket, *provider.Answer, error) {
	in, err := read[In](raw)
	if err != nil {
		return nil, nil, err
	}
	a, err := g.real.Generate(ctx, c, in)
	if err != nil {
		return nil, nil, err
	}
	return nil, &a, nil
}

func (g generator[In]) Poll(context.Context, provider.Call, provider.Ticket) (provider.Update, error) {
	return provider.Update{}, nil // there are no tickets to ask for
}

func (g generator[In]) Plan(raw json.RawMessage, t Target) (Plan, error) {
	return plan[In](g.real, raw, t)
}
func (g generator[In]) Check(raw json.RawMessage, t Target) ([]FieldError, error) {
	return check[In](g.real, raw, t)
}
func (g generator[In]) Driver() any { return g.real }
func (g generator[In]) Async() bool { return false }

type driver[In any] struct{ real provider.Driver[In] }

func (d driver[In]) Submit(ctx context.Context, c provider.Call, raw json.RawMessage) (*provider.Ticket, *provider.Answer, error) {
	in, err := read[In](raw)
	if err != nil {
		return nil, nil, err
	}
	t, err := d.real.Submit(ctx, c, in)
	if err != nil {
		return nil, nil, err
	}
	return &t, nil, nil
}

func (d driver[In]) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	return d.real.Poll(ctx, c, t)
}

func (d driver[In]) Plan(raw json.RawMessage, t Target) (Plan, error) {
	return plan[In](d.real, raw, t)
}
func (d driver[In]) Check(raw json.RawMessage, t Target) ([]FieldError, error) {
	return check[In](d.real, raw, t)
}
func (d driver[In]) Driver() any { return d.real }
func (d driver[In]) Async() bool { return true }

func plan[In any](real any, raw json.RawMessage, t Target) (Plan, error) {
	in, err := read[In](raw)
	if err != nil {
		return Plan{}, err
	}
	if p, ok := real.(Planner[In]); ok {
		return p.Plan(in, t), nil
	}
	return Plan{Count: 1}, nil
}

func check[In any](real any, raw json.RawMessage, t Target) ([]FieldError, error) {
	in, err := read[In](raw)
	if err != nil {
		return nil, err
	}
	if c, ok := real.(Checker[In]); ok {
		return c.Check(in, t), nil
	}
	return nil, nil
}

// read decodes a stored input.
func read[In any](raw json.RawMessage) (in In, err error) {
	if err := json.Unmarshal(raw, &in); err != nil {
		return in, fault.Wrap(err, fault.Invalid, "stored_input", "The stored input cannot be read; it was made by another version.").WithCharge(fault.ChargedNo)
	}
	return in, nil
}
