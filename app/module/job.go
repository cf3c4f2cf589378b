package module

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Job is a driver without its input type. Exactly one of ticket and answer is
// set when Submit returns no error.
type Job interface {
	Submit(ctx context.Context, c provider.Call, in Raw) (*provider.Ticket, *provider.Answer, error)
	Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error)
	Driver() any // for optional interfaces
	Async() bool // gives tickets
}

type generator[In any] struct{ real provider.Generator[In] }

func (g generator[In]) Submit(ctx context.Context, c provider.Call, raw Raw) (*provider.Ticket, *provider.Answer, error) {
	var in In
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, nil, badInput(err)
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
func (g generator[In]) Driver() any { return g.real }
func (g generator[In]) Async() bool { return false }

type driver[In any] struct{ real provider.Driver[In] }

func (d driver[In]) Submit(ctx context.Context, c provider.Call, raw Raw) (*provider.Ticket, *provider.Answer, error) {
	var in In
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, nil, badInput(err)
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
func (d driver[In]) Driver() any { return d.real }
func (d driver[In]) Async() bool { return true }

func badInput(err error) error {
	return fault.Wrap(err, fault.Invalid, "stored_input", "The stored input cannot be read; it was made by another version.").With(fault.ChargedNo)
}

func erase[In any](d any) Job {
	switch d := d.(type) {
	case provider.Driver[In]:
		return driver[In]{d}
	case provider.Generator[In]:
		return generator[In]{d}
	}
	panic(fmt.Sprintf("module: %T is neither a Driver nor a Generator of %s", d, reflect.TypeFor[In]()))
}
