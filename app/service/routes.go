package service

import (
	"context"
	"sync"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

// announced remembers for a moment which accounts workers have, so that not
// every request reads them.
type announced struct {
	mu       sync.Mutex
	accounts []task.VendorAccount
	read     time.Time
}

// announcedFor is how long an announcement may be remembered. That there is
// none is not remembered.
const announcedFor = time.Second

func (s *Service) announced(ctx context.Context) ([]task.VendorAccount, error) {
	s.fleet.mu.Lock()
	defer s.fleet.mu.Unlock()
	if len(s.fleet.accounts) > 0 && time.Since(s.fleet.read) < announcedFor {
		return s.fleet.accounts, nil
	}
	list, err := s.Ledger.VendorAccounts(ctx)
	if err != nil {
		return nil, err
	}
	s.fleet.accounts, s.fleet.read = list, time.Now()
	return list, nil
}

// accounts are the announced ones, each with the reason why it is parked.
func (s *Service) accounts(ctx context.Context) ([]module.Account, error) {
	list, err := s.announced(ctx)
	if err != nil {
		return nil, err
	}
	parked, err := s.Ledger.Parked(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]module.Account, len(list))
	for i, a := range list {
		out[i] = module.Account{Vendor: a.Vendor, BaseURL: a.BaseURL, Sandbox: a.Sandbox}
		for _, p := range parked {
			if p.Vendor == a.Vendor && p.Fingerprint == a.Fingerprint {
				out[i].Refusal = refusal(p)
			}
		}
	}
	return out, nil
}

// refusal is what a caller hears while a key is parked.
func refusal(p task.ParkedKey) *fault.Error {
	kind := fault.VendorAuth
	if p.Code == "vendor_no_balance" {
		kind = fault.VendorQuota
	}
	f := fault.New(kind, p.Code, "%s", p.Reason).WithCharge(fault.ChargedNo)
	f.RetryAfter = max(time.Until(p.Until), 15*time.Second)
	return f
}

// choose decides vendor and model of a new task; see [module.Select].
func (s *Service) choose(ctx context.Context, op Operation, asked string) (module.Selection, error) {
	accounts, err := s.accounts(ctx)
	if err != nil {
		return module.Selection{}, err
	}
	return module.Select(op.Registered, asked, accounts, s.Routes)
}

// preview is what [Service.choose] would decide, or, where nothing can be
// bought now, what it would if every vendor had a key: for a quote.
func (s *Service) preview(ctx context.Context, op Operation, asked string) (module.Selection, error) {
	sel, err := s.choose(ctx, op, asked)
	if err == nil {
		return sel, nil
	}
	switch fault.KindOf(err) {
	case fault.NoRoute, fault.VendorAuth, fault.VendorQuota:
	default:
		return sel, err
	}
	var all []module.Account
	for _, r := range op.Routes {
		all = append(all, module.Account{Vendor: r.Vendor.Name, BaseURL: r.Vendor.BaseURL})
	}
	return module.Select(op.Registered, asked, all, s.Routes)
}

// Models implements [API].
func (s *Service) Models(ctx context.Context) []Model {
	accounts, err := s.accounts(ctx)
	if err != nil {
		s.Log.Error().Err(err).Msg("the vendor accounts cannot be read; no model is shown as available")
	}
	return Catalogue(s.ops, accounts, s.Routes)
}

// Catalogue lists the models of operations, and whether accounts serve them.
func Catalogue(ops []Operation, accounts []module.Account, c module.RouteSettings) []Model {
	out := []Model{}
	for _, op := range ops {
		usual := op.Default().ID
		if sel, err := module.Select(op.Registered, "", accounts, c); err == nil {
			usual = sel.Target.Model
		} else if set := c.Models[op.Module.Name]; set != "" {
			usual = set
		}
		for _, m := range op.Models() {
			serving := serving(op, m.ID, accounts)
			row := Model{
				ID: m.ID, Module: op.Module.Name, Operation: op.Kind(), Title: m.Title, Doc: m.Doc,
				Media: op.Registered.Operation.Media, Path: "/api" + op.Registered.Operation.Paths[0], Tool: op.Registered.Operation.Tool,
				Default: m.ID == usual, Retired: m.Retired, Available: serving != nil,
				Prices: provider.ListPrices(m.Prices), Schema: op.Schema.JSON(),
			}
			if serving != nil {
				row.Sandbox = serving.Sandbox
			} else {
				row.Needs = needs(op, m.ID)
			}
			out = append(out, row)
		}
	}
	return out
}

// serving is the first account that serves a model; nil if none does.
func serving(op Operation, model string, accounts []module.Account) *module.Account {
	for _, r := range op.Routes {
		if _, known := r.Model(model); !known {
			continue
		}
		for _, a := range accounts {
			if a.Vendor == r.Vendor.Name {
				return &a
			}
		}
	}
	return nil
}

// needs is the setting that would make a model available.
func needs(op Operation, model string) string {
	for _, r := range op.Routes {
		if _, known := r.Model(model); known {
			return r.Vendor.KeyName()
		}
	}
	return op.Routes[0].Vendor.KeyName()
}
