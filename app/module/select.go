package module

import (
	"fmt"
	"slices"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Account is a vendor's account as a worker announced it, without its secret.
type Account struct {
	Vendor  string
	BaseURL string
	Sandbox bool
	Refusal *fault.Error // why the key is parked, as a caller may be told; nil while it can be used
}

// RouteSettings are what the settings say about routes.
type RouteSettings struct {
	Models   map[string]string // module → model used when none is asked for (GPT_MODEL …)
	Routes   map[string]string // module → the vendor that is used, and no other (GPT_ROUTE …)
	Fallback bool              // another route may serve a request without a model while the keys of the first are parked
}

// Selection is who does a task, and with which model.
type Selection struct {
	Route    Route
	Target   Target
	Sandbox  bool // the account is our own imitation
	Warnings []string
}

// Select decides vendor and model of a task, once, when it is accepted. It
// takes the first route of the operation that has an account and knows the
// asked model (empty or "auto": none is asked for); a model that no table has
// goes to the first route with an account. The error is a fault: NoRoute if no
// account is there, VendorAuth or VendorQuota if all of them are parked.
func Select(e *Registered, asked string, accounts []Account, c RouteSettings) (Selection, error) {
	if asked == "auto" {
		asked = ""
	}
	s := selector{entry: e, asked: asked, settings: c, accounts: accounts}
	routes, err := s.eligible()
	if err != nil {
		return Selection{}, err
	}
	var refusal *fault.Error
	for i, r := range routes {
		usable, parked := s.account(r)
		if usable == nil {
			if refusal == nil {
				refusal = parked
			}
			if asked != "" || !c.Fallback {
				break
			}
			continue
		}
		out := s.take(r, usable)
		if i > 0 {
			out.Warnings = append(out.Warnings, fmt.Sprintf("The keys of %s cannot be used now; %s was used instead.", routes[0].Vendor.Title, r.Vendor.Title))
		}
		return out, nil
	}
	return Selection{}, refusal
}

type selector struct {
	entry    *Registered
	asked    string
	settings RouteSettings
	accounts []Account
}

// eligible are the routes that have an account and serve the asked model, in
// order.
func (s selector) eligible() ([]Route, error) {
	declared := s.declared()
	_, known := s.entry.Model(s.asked)
	serves := func(r Route) bool {
		_, has := r.Model(s.asked)
		return s.asked == "" || !known || has
	}
	var routes []Route
	needs := s.entry.Routes[0]
	if len(declared) > 0 {
		needs = declared[0]
	}
	for i, r := range slices.DeleteFunc(slices.Clone(declared), func(r Route) bool { return !serves(r) }) {
		if i == 0 {
			needs = r
		}
		if len(s.accountsOf(r)) > 0 {
			routes = append(routes, r)
		}
	}
	if s.asked != "" && !known && len(routes) > 1 {
		routes = routes[:1]
	}
	if len(routes) == 0 {
		return nil, fault.New(fault.NoRoute, "no_vendor_key", "%s has no key: set %s (or AIGC_SANDBOX=on to try it offline).",
			s.entry.Module.Title, needs.Vendor.KeyName()).WithCharge(fault.ChargedNo)
	}
	return routes, nil
}

func (s selector) accountsOf(r Route) []Account {
	return slices.DeleteFunc(slices.Clone(s.accounts), func(a Account) bool { return a.Vendor != r.Vendor.Name })
}

// account is one of a route's accounts that can be used, or why none can.
func (s selector) account(r Route) (usable *Account, refusal *fault.Error) {
	for _, a := range s.accountsOf(r) {
		if a.Refusal == nil {
			return &a, nil
		}
		refusal = a.Refusal
	}
	return nil, refusal
}

// take settles the model: asked for, or the setting's where the route knows
// it, or the table's. A retired one becomes the default, with a warning, on
// the vendor's own host; on another host any id is passed on.
func (s selector) take(r Route, a *Account) Selection {
	out := Selection{Route: r, Sandbox: a.Sandbox}
	model := s.asked
	if model == "" {
		model = s.preferred(r)
	}
	row, known := r.Model(model)
	if known {
		model = row.ID
	}
	if known && row.IsRetired() && (a.Sandbox || r.Vendor.IsOfficialHost(a.BaseURL)) {
		model = r.Default().ID
		if set, known := r.Model(s.preferred(r)); known && !set.IsRetired() {
			model = set.ID
		}
		out.Warnings = append(out.Warnings, fmt.Sprintf("The model %s was retired on %s; %s is used instead.", row.ID, row.Retired, model))
	}
	out.Target = r.Target(model)
	out.Target.BaseURL = a.BaseURL
	return out
}

// preferred is the model of a route when none is asked for.
func (s selector) preferred(r Route) string {
	set := s.settings.Models[s.entry.Module.Name]
	if set == "" {
		return r.Default().ID
	}
	if _, known := s.entry.Model(set); known {
		if _, has := r.Model(set); !has {
			return r.Default().ID
		}
		return set
	}
	// No table has it: an endpoint's or a gateway's own id, for the first route that has an account.
	for _, first := range s.declared() {
		if len(s.accountsOf(first)) > 0 {
			if first.Vendor.Name == r.Vendor.Name {
				return set
			}
			break
		}
	}
	return r.Default().ID
}

// declared are the operation's routes, or the one that is pinned.
func (s selector) declared() []Route {
	pinned := s.settings.Routes[s.entry.Module.Name]
	if pinned == "" {
		return s.entry.Routes
	}
	return slices.DeleteFunc(slices.Clone(s.entry.Routes), func(r Route) bool { return r.Vendor.Name != pinned })
}

// Announced are the accounts of a set as they would be announced, none parked:
// for commands that look at the settings alone.
func Announced(h *Registry, accounts *provider.Accounts) []Account {
	var out []Account
	for name := range h.Vendors() {
		for _, a := range accounts.ForVendor(name) {
			out = append(out, Account{Vendor: a.Vendor, BaseURL: a.BaseURL, Sandbox: a.Sandbox})
		}
	}
	return out
}
