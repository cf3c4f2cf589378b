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

// accountCache holds the accounts that workers have announced in the ledger, so
// that not every request reads them.
type accountCache struct {
	mu       sync.Mutex
	accounts []task.VendorAccount
	read     time.Time
}

// accountCacheTTL is how long cached accounts are used. An empty list is never
// cached, so that the first worker's accounts are seen at once.
const accountCacheTTL = time.Second

func (s *Service) announcedAccounts(ctx context.Context) ([]task.VendorAccount, error) {
	s.accountCache.mu.Lock()
	defer s.accountCache.mu.Unlock()
	if len(s.accountCache.accounts) > 0 && time.Since(s.accountCache.read) < accountCacheTTL {
		return s.accountCache.accounts, nil
	}
	list, err := s.Ledger.VendorAccounts(ctx)
	if err != nil {
		return nil, err
	}
	s.accountCache.accounts, s.accountCache.read = list, time.Now()
	return list, nil
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

// selectForQuote is [Service.selectRoute]; where no vendor has a usable key, it
// selects as if every vendor had one, so that a price can be quoted.
func (s *Service) selectForQuote(ctx context.Context, op Operation, asked string) (module.Selection, error) {
	sel, err := s.selectRoute(ctx, op, asked)
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
		s.Log.Error().Err(err).Msg("reading vendor accounts failed; all models are listed as unavailable")
	}
	return Catalogue(s.ops, accounts, s.Routes)
}

// Catalogue lists the models of ops. A model is available if one of accounts
// serves it.
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
			account := servingAccount(op, m.ID, accounts)
			row := Model{
				ID: m.ID, Module: op.Module.Name, Operation: op.Kind(), Title: m.Title, Doc: m.Doc,
				Media: op.Registered.Operation.Media, Path: "/api" + op.Registered.Operation.Paths[0], Tool: op.Registered.Operation.Tool,
				Default: m.ID == defaultModel, Retired: m.Retired, Available: account != nil,
				Prices: provider.ListPrices(m.Prices), Schema: op.Schema.JSON(),
			}
			if account != nil {
				row.Sandbox = account.Sandbox
			} else {
				row.Needs = missingSetting(op, m.ID)
			}
			out = append(out, row)
		}
	}
	return out
}

// servingAccount returns the first account that serves a model; nil if none does.
func servingAccount(op Operation, model string, accounts []module.Account) *module.Account {
	for _, r := range op.Routes {
		if _, known := r.Model(model); !known {
			continue
		}
		for _, a := range accounts {
			if a.Vendor == r.Vendor.Name && a.Serves(r, model) {
				return &a
			}
		}
	}
	return nil
}

// missingSetting returns the name of the setting that would make a model available.
func missingSetting(op Operation, model string) string {
	for _, r := range op.Routes {
		if _, known := r.Model(model); known {
			return r.Vendor.KeyName()
		}
	}
	return op.Routes[0].Vendor.KeyName()
}
