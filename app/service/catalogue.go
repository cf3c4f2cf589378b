package service

import (
	"context"

	"aigc/app/module"
	"aigc/app/provider"
)

// Models implements [API].
func (s *Service) Models(context.Context) []Model {
	return Catalogue(s.ops, s.Accounts, s.Defaults)
}

// Catalogue lists the models of operations, and whether accounts serve them.
// Defaults are the settings' default models by module.
func Catalogue(ops []Operation, accounts *provider.Accounts, defaults map[string]string) []Model {
	out := []Model{}
	for _, op := range ops {
		def := op.Default().ID
		if id := defaults[op.Module.Name]; id != "" {
			def = id
		}
		serving := accountsFor(op, accounts)
		needs := ""
		if len(serving) == 0 {
			needs = op.Routes[0].Vendor.KeyName()
		}
		for _, m := range op.Entry.Operation.Models {
			out = append(out, Model{
				ID: m.ID, Module: op.Module.Name, Operation: op.Kind(), Title: m.Title, Doc: m.Doc,
				Media: op.Entry.Operation.Kind, Path: "/api" + op.Entry.Operation.Paths[0], Tool: op.Entry.Operation.Tool,
				Default: m.ID == def, Retired: m.Retired, Available: len(serving) > 0, Sandbox: len(serving) > 0 && serving[0].Sandbox, Needs: needs,
				Prices: append([]module.Price{}, m.Prices...), Schema: op.Schema.JSON(),
			})
		}
	}
	return out
}

// accountsFor are the accounts of the first route of an operation that has any.
func accountsFor(op Operation, accounts *provider.Accounts) []provider.Account {
	for _, r := range op.Routes {
		if list := accounts.Of(r.Vendor.Name); len(list) > 0 {
			return list
		}
	}
	return nil
}
