package module

import (
	"context"
	"encoding/json"

	"aigc/app/fault"
	"aigc/app/provider"
)

// AnyDriver is a [provider.Driver], [provider.Generator] or [provider.MixedDriver]
// without its input type:
// the input is the task's stored JSON, decoded for each call.
type AnyDriver interface {
	// Submit sends one paid request. Without an error exactly one of ticket and
	// answer is set.
	Submit(ctx context.Context, c provider.Call, in json.RawMessage) (*provider.Ticket, *provider.Answer, error)
	// Poll asks for the job of a ticket. A driver that gives no tickets is not polled.
	Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error)
	// Plan calls the driver's [Planner], if it is one.
	Plan(in json.RawMessage, t Target) (Plan, error)
	// Check calls the input's [InputChecker] and the driver's [Checker], if they are.
	Check(in json.RawMessage, t Target) ([]FieldError, error)
	// Driver is the typed driver, for type assertions to [provider.Finder],
	// [provider.Fetcher] and [provider.Canceler].
	Driver() any
	// Async reports whether Submit always gives tickets.
	Async() bool
}

type generator[In any] struct{ typed provider.Generator[In] }

func (g generator[In]) Submit(ctx context.Context, c provider.Call, raw json.RawMessage) (*provider.Ticket, *provider.Answer, error) {
	in, err := decodeInput[In](raw)
	if err != nil {
		return nil, nil, err
	}
	a, err := g.typed.Generate(ctx, c, in)
	if err = c.HTTP.Complete(&a, err); err != nil {
		return nil, nil, err
	}
	return nil, &a, nil
}

func (g generator[In]) Poll(context.Context, provider.Call, provider.Ticket) (provider.Update, error) {
	return provider.Update{}, nil // not called: there are no tickets
}

func (g generator[In]) Plan(raw json.RawMessage, t Target) (Plan, error) {
	return planWith[In](g.typed, raw, t)
}
func (g generator[In]) Check(raw json.RawMessage, t Target) ([]FieldError, error) {
	return checkWith[In](g.typed, raw, t)
}
func (g generator[In]) Driver() any { return g.typed }
func (g generator[In]) Async() bool { return false }

type driver[In any] struct{ typed provider.Driver[In] }

func (d driver[In]) Submit(ctx context.Context, c provider.Call, raw json.RawMessage) (*provider.Ticket, *provider.Answer, error) {
	in, err := decodeInput[In](raw)
	if err != nil {
		return nil, nil, err
	}
	t, err := d.typed.Submit(ctx, c, in)
	if err != nil {
		return nil, nil, err
	}
	return &t, nil, nil
}

func (d driver[In]) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	return polled(ctx, d.typed, c, t)
}

func (d driver[In]) Plan(raw json.RawMessage, t Target) (Plan, error) {
	return planWith[In](d.typed, raw, t)
}
func (d driver[In]) Check(raw json.RawMessage, t Target) ([]FieldError, error) {
	return checkWith[In](d.typed, raw, t)
}
func (d driver[In]) Driver() any { return d.typed }
func (d driver[In]) Async() bool { return true }

type mixed[In any] struct{ typed provider.MixedDriver[In] }

func (m mixed[In]) Submit(ctx context.Context, c provider.Call, raw json.RawMessage) (*provider.Ticket, *provider.Answer, error) {
	in, err := decodeInput[In](raw)
	if err != nil {
		return nil, nil, err
	}
	out, err := m.typed.Submit(ctx, c, in)
	if out.Ticket == nil {
		if out.Answer == nil {
			out.Answer = new(provider.Answer)
		}
		err = c.HTTP.Complete(out.Answer, err)
	}
	if err != nil {
		return nil, nil, err
	}
	return out.Ticket, out.Answer, nil
}

func (m mixed[In]) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	return polled(ctx, m.typed, c, t)
}

func (m mixed[In]) Plan(raw json.RawMessage, t Target) (Plan, error) {
	return planWith[In](m.typed, raw, t)
}
func (m mixed[In]) Check(raw json.RawMessage, t Target) ([]FieldError, error) {
	return checkWith[In](m.typed, raw, t)
}
func (m mixed[In]) Driver() any { return m.typed }
func (m mixed[In]) Async() bool { return false }

// polled polls once and completes the answer of a finished job.
func polled(ctx context.Context, d interface {
	Poll(context.Context, provider.Call, provider.Ticket) (provider.Update, error)
}, c provider.Call, t provider.Ticket) (provider.Update, error) {
	u, err := d.Poll(ctx, c, t)
	if err == nil && u.Phase == provider.Done {
		err = c.HTTP.Complete(&u.Answer, nil)
	}
	return u, err
}

func planWith[In any](real any, raw json.RawMessage, t Target) (Plan, error) {
	in, err := decodeInput[In](raw)
	if err != nil {
		return Plan{}, err
	}
	if p, ok := real.(Planner[In]); ok {
		return p.Plan(in, t), nil
	}
	return Plan{Count: 1}, nil
}

func checkWith[In any](real any, raw json.RawMessage, t Target) ([]FieldError, error) {
	in, err := decodeInput[In](raw)
	if err != nil {
		return nil, err
	}
	var faults []FieldError
	if c, ok := any(in).(InputChecker); ok {
		faults = c.Check()
	}
	if c, ok := real.(Checker[In]); ok {
		faults = append(faults, c.Check(in, t)...)
	}
	return faults, nil
}

// decodeInput decodes the stored input of a task. It fails if an earlier version
// stored a form that this version's struct cannot hold.
func decodeInput[In any](raw json.RawMessage) (in In, err error) {
	if err := json.Unmarshal(raw, &in); err != nil {
		return in, fault.Wrap(err, fault.Invalid, "stored_input", "The stored input cannot be decoded; it was created by another version of aigc.").WithCharge(fault.ChargedNo)
	}
	return in, nil
}
