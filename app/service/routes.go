package service

import (
	"context"
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

// accountCacheTTL is how long cached accounts are used. An empty list is never
// cached, so that the first worker's accounts are seen at once.
const accountCacheTTL = time.Second

// announcedAccounts are the accounts that workers have announced in the ledger.
func (s *Service) announcedAccounts(ctx context.Context) ([]task.VendorAccount, error) {
	return s.accountCache.get(ctx, s.Ledger.VendorAccounts, func(list []task.VendorAccount) bool { return len(list) > 0 })
}

// accounts returns the announced accounts; Refusal is set on those whose key is
// parked.
func (s *Service) accounts(ctx context.Context) ([]module.Account, error) {
	list, err := s.announcedAccounts(ctx)
	if err != nil {
		return nil, err
	}
	parked, err := s.Ledger.Parked(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]module.Account, len(list))
	for i, a := range list {
		out[i] = module.Account{Vendor: a.Vendor, BaseURL: a.BaseURL, Models: a.Models, Sandbox: a.Sandbox}
		for _, p := range parked {
			if p.Vendor == a.Vendor && p.Fingerprint == a.Fingerprint {
				out[i].Refusal = refusal(p)
			}
		}
	}
	return out, nil
}

// refusal is the error of a request that needs a parked key.
func refusal(p task.ParkedKey) *fault.Error {
	kind := fault.VendorAuth
	if p.Code == "vendor_no_balance" {
		kind = fault.VendorQuota
	}
	f := fault.New(kind, p.Code, "%s", p.Reason).WithCharge(fault.ChargedNo)
	f.RetryAfter = max(time.Until(p.Until), 15*time.Second)
	return f
}

// selectRoute selects vendor and model of a new task; see [module.Select].
func (s *Service) selectRoute(ctx context.Context, op Operation, asked string) (module.Selection, error) {
	accounts, err := s.accounts(ctx)
	if err != nil {
		return module.Selection{}, err
	}
	return module.Select(op.Registered, asked, accounts, s.Routes)
}

// selectForPurchase is [Service.selectRoute] for a request that needs a key: parked keys
// are probed before they refuse it, or move it to another vendor. Without that, a key
// would stay parked as long as only short commands run.
func (s *Service) selectForPurchase(ctx context.Context, op Operation, asked string) (module.Selection, error) {
	sel, err := s.selectRoute(ctx, op, asked)
	parked := fault.KindOf(err) == fault.VendorAuth || fault.KindOf(err) == fault.VendorQuota
	if s.KeyProber == nil || !parked && !sel.Fallback {
		return sel, err
	}
	var vendors []string
	for _, r := range op.Routes {
		vendors = append(vendors, r.Vendor.Name)
	}
	s.KeyProber.ProbeKeys(ctx, vendors)
	return s.selectRoute(ctx, op, asked) // the worker may have unparked a key in between, too
}

// selectForQuote is [Service.selectRoute] for a price; see [selectForPrice].
func (s *Service) selectForQuote(ctx context.Context, op Operation, asked string) (module.Selection, error) {
	accounts, err := s.accounts(ctx)
	if err != nil {
		return module.Selection{}, err
	}
	sel, _, err := selectForPrice(op, asked, accounts, s.Routes)
	return sel, err
}

// selectForPrice is [module.Select] as if no key was parked. Where no vendor has a key,
// served is false, and it selects as if every vendor had one.
func selectForPrice(op Operation, asked string, accounts []module.Account, c module.RouteSettings) (sel module.Selection, served bool, err error) {
	if sel, err = module.Select(op.Registered, asked, accounts, c); err == nil {
		return sel, true, nil // another route may be selected because the keys of the first one are parked
	}
	usable := slices.Clone(accounts)
	for i := range usable {
		usable[i].Refusal = nil
	}
	if sel, err = module.Select(op.Registered, asked, usable, c); fault.KindOf(err) != fault.NoRoute {
		return sel, err == nil, err
	}
	var all []module.Account
	for _, r := range op.Routes {
		all = append(all, module.Account{Vendor: r.Vendor.Name, BaseURL: r.Vendor.BaseURL})
	}
	sel, err = module.Select(op.Registered, asked, all, c)
	return sel, false, err
}

// Models implements [API].
func (s *Service) Models(ctx context.Context) []Model {
	accounts, err := s.accounts(ctx)
	if err != nil {
		s.Log.Error().Err(err).Msg("reading vendor accounts failed; all models are listed as unavailable")
	}
	return Catalogue(s.ops, accounts, s.Routes)
}

// Catalogue lists the models of ops, with the prices of the route that would be selected. A
// model is available if one of accounts serves it.
func Catalogue(ops []Operation, accounts []module.Account, c module.RouteSettings) []Model {
	out := []Model{}
	for _, op := range ops {
		defaultModel := op.Default().ID
		if sel, err := module.Select(op.Registered, "", accounts, c); err == nil {
			defaultModel = sel.Target.Model
		} else if set := c.Models[op.Module.Name]; set != "" {
			defaultModel = set
		}
		for _, m := range op.Models() {
			sel, served, err := selectForPrice(op, m.ID, accounts, c)
			row := Model{
				ID: m.ID, Module: op.Module.Name, Operation: op.Kind(), Title: m.Title, Doc: m.Doc,
				Media: op.Registered.Operation.Media, Path: "/api" + op.Registered.Operation.Paths[0], Tool: op.Registered.Operation.Tool,
				Default: m.ID == defaultModel, Retired: m.Retired, Available: served, Sandbox: served && sel.Sandbox,
				Prices: []provider.ListPrice{}, Schema: op.Schema.JSON(),
			}
			if err == nil {
				row.Prices = provider.ListPrices(sel.Route.Prices(m.ID))
			}
			if !served {
				row.Needs = missingSetting(op, m.ID, c)
			}
			out = append(out, row)
		}
	}
	return out
}

// missingSetting returns the name of the setting that would make a model available.
func missingSetting(op Operation, model string, c module.RouteSettings) string {
	pinned := c.Routes[op.Module.Name]
	for _, r := range op.Routes {
		if _, known := r.Model(model); known && (pinned == "" || r.Vendor.Name == pinned) {
			return r.Vendor.KeyName()
		}
	}
	return op.Routes[0].Vendor.KeyName()
}
