package service

import (
	"context"
	"strings"

	"aigc/app/module"
)

// OperationFor implements [API].
func (s *Service) OperationFor(model string) (op Operation, id string, ok bool) {
	if model == "" || model == "auto" {
		return s.defaultOperation(context.Background()), "", true
	}
	if op, ok := s.primary(model); ok {
		return op, "", true
	}
	for _, op := range s.ops {
		_, known := op.Model(model)
		if op.Registered.Operation.Primary && (known || s.Routes.Models[op.Module.Name] == model) {
			return op, model, true
		}
	}
	name, id, _ := strings.Cut(model, "/")
	if id == "auto" {
		id = ""
	}
	op, ok = s.primary(name)
	return op, id, ok
}

// primary returns the primary operation of a module.
func (s *Service) primary(module string) (Operation, bool) {
	for _, op := range s.ops {
		if op.Module.Name == module && op.Registered.Operation.Primary {
			return op, true
		}
	}
	return Operation{}, false
}

// defaultOperation returns the first image operation that some account serves;
// the first operation of all if there is none.
func (s *Service) defaultOperation(ctx context.Context) Operation {
	accounts, err := s.accounts(ctx)
	if err != nil {
		return s.ops[0] // Create reads the ledger again and returns its error
	}
	for _, op := range s.ops {
		if !op.Registered.Operation.Primary || op.Registered.Operation.Media != module.Image {
			continue
		}
		if _, err := module.Select(op.Registered, "", accounts, s.Routes); err == nil {
			return op
		}
	}
	return s.ops[0]
}
