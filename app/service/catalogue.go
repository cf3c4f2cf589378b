package service

import (
	"context"

	"aigc/app/module"
)

// Models implements [API].
func (s *Service) Models(context.Context) []Model {
	var out []Model
	for _, op := range s.ops {
		def := op.Default().ID
		if id := s.Defaults[op.Module.Name]; id != "" {
			def = id
		}
		accounts := s.accounts(op)
		needs := ""
		if len(accounts) == 0 {
			needs = op.Routes[0].Vendor.KeyName()
		}
		for _, m := range op.Entry.Operation.Models {
			out = append(out, Model{
				ID: m.ID, Module: op.Module.Name, Operation: op.Kind(), Title: m.Title, Doc: m.Doc,
				Media: op.Entry.Operation.Kind, Path: "/api" + op.Entry.Operation.Paths[0], Tool: op.Entry.Operation.Tool,
				Default: m.ID == def, Retired: m.Retired, Available: len(accounts) > 0, Sandbox: s.sandboxed(op), Needs: needs,
				Prices: append([]module.Price{}, m.Prices...), Schema: op.Schema.JSON(),
			})
		}
	}
	return out
}
