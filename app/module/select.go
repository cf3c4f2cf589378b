package module

import (
	"fmt"
	"slices"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Account is a vendor account that a worker announced, without its secret.
type Account struct {
	Vendor  string
	BaseURL string
	Models  []string // models that it serves; nil: those of the route's table
	Sandbox bool
	Refusal *fault.Error // why the key is parked, for callers; nil: it is in use
}

// serves reports whether the account serves a model of a route, and under which id: a
// listed account has the id or one of its aliases.
func (a Account) serves(r Route, id string) (string, bool) {
	row, known := r.Model(id)
	if known {
		id = row.ID
	}
	if len(a.Models) == 0 || slices.Contains(a.Models, id) {
		return id, true
	}
	for _, alias := range row.Aliases {
		if slices.Contains(a.Models, alias) {
			return alias, true
		}
	}
	return "", false
}

// Serves reports whether the account serves a model of a route.
func (a Account) Serves(r Route, id string) bool {
	_, ok := a.serves(r, id)
	return ok
}

// RouteSettings are the settings that select routes.
type RouteSettings struct {
	Models   map[string]string // module → model used when the request names none (GPT_MODEL …)
	Routes   map[string]string // module → the only vendor to use (GPT_ROUTE …)
	Fallback bool              // use the next route for a request without a model while all keys of the first are parked
}

// Selection is the route, the vendor and the model of a task.
type Selection struct {
	Route    Route
	Target   Target
	Sandbox  bool     // the account belongs to the offline sandbox
	Fallback bool     // all keys of the first route are parked
	Warnings []string // a retired model was replaced, another route was used
}

// Select decides the route and the model of a task, once, when it is created. It
// takes the first route whose table has the requested model and that has an account,
// whose own list, if it has one, must have the model too; an empty model or "auto"
// requests none. A model that is in no table goes to the first route with an account that
// lists it, else to the first with an account. If all keys of that route are parked, the
// next one is used only with c.Fallback and without a requested model.
//
// The error is a fault: NoRoute if no vendor of the operation has an account; else
// the fault that parked the keys, VendorAuth or VendorQuota.
func Select(e *Registered, requested string, accounts []Account, c RouteSettings) (Selection, error) {
	if requested == "auto" {
		requested = ""
	}
	s := selector{operation: e, model: requested, settings: c, accounts: accounts}
	routes, err := s.eligible()
	if err != nil {
		return Selection{}, err
	}
	var refusal *fault.Error
	for i, r := range routes {
		usable, parked := s.usableAccount(r)
		if usable == nil {
			if refusal == nil {
				refusal = parked
			}
			if requested != "" || !c.Fallback {
				break
			}
			continue
		}
		out := s.selection(r, usable)
		if i > 0 {
			out.Fallback = true
			out.Warnings = append(out.Warnings, fmt.Sprintf("The keys of %s cannot be used now; %s was used instead.", routes[0].Vendor.Title, r.Vendor.Title))
		}
		return out, nil
	}
	return Selection{}, refusal
}

// selector holds the arguments of one [Select].
type selector struct {
	operation *Registered
	model     string
	settings  RouteSettings
	accounts  []Account
}

// eligible are the candidates that have an account and serve the requested model, in
// order. NoRoute names the setting of the first vendor that would do.
func (s selector) eligible() ([]Route, error) {
	declared := s.candidates()
	_, known := s.operation.Model(s.model)
	serves := func(r Route) bool {
		_, has := r.Model(s.model)
		return s.model == "" || !known || has
	}
	var routes []Route
	firstVendor := s.operation.Routes[0]
	if len(declared) > 0 {
		firstVendor = declared[0]
	}
	for i, r := range slices.DeleteFunc(slices.Clone(declared), func(r Route) bool { return !serves(r) }) {
		if i == 0 {
			firstVendor = r
		}
		if len(s.accountsOf(r)) > 0 {
			routes = append(routes, r)
		}
	}
	if s.model != "" && !known && len(routes) > 1 {
		listing := max(0, slices.IndexFunc(routes, func(r Route) bool {
			return slices.ContainsFunc(s.accountsOf(r), func(a Account) bool { return slices.Contains(a.Models, s.model) })
		}))
		routes = routes[listing : listing+1]
	}
	if len(routes) == 0 && slices.ContainsFunc(declared, func(r Route) bool {
		return slices.ContainsFunc(s.accounts, func(a Account) bool { return a.Vendor == r.Vendor.Name })
	}) {
		return nil, fault.New(fault.NoRoute, "no_vendor_key", "No configured key of %s serves this model: set %s, or name the model in the settings of a key that lists its models.",
			s.operation.Module.Title, firstVendor.Vendor.KeyName()).WithCharge(fault.ChargedNo)
	}
	if len(routes) == 0 {
		return nil, fault.New(fault.NoRoute, "no_vendor_key", "%s has no key: set %s (or AIGC_SANDBOX=on to try it offline).",
			s.operation.Module.Title, firstVendor.Vendor.KeyName()).WithCharge(fault.ChargedNo)
	}
	return routes, nil
}

// accountsOf are a route's accounts that serve the requested model.
func (s selector) accountsOf(r Route) []Account {
	return slices.DeleteFunc(slices.Clone(s.accounts), func(a Account) bool {
		_, serves := a.serves(r, s.model)
		return a.Vendor != r.Vendor.Name || s.model != "" && !serves
	})
}

// usableAccount is a route's first account that is not parked, or the fault that
// parked the last one.
func (s selector) usableAccount(r Route) (usable *Account, refusal *fault.Error) {
	for _, a := range s.accountsOf(r) {
		if a.Refusal == nil {
			return &a, nil
		}
		refusal = a.Refusal
	}
	return nil, refusal
}

// selection decides the model: the requested one, else the default. At the vendor's
// official host and in the sandbox a retired model is replaced by the default, with a
// warning; a gateway at another host may still serve it, so there the id is sent.
func (s selector) selection(r Route, a *Account) Selection {
	out := Selection{Route: r, Sandbox: a.Sandbox}
	model := s.model
	if model == "" {
		model = s.defaultOf(r, a)
	}
	row, known := r.Model(model)
	model, _ = a.serves(r, model)
	if known && row.IsRetired() && len(a.Models) == 0 && (a.Sandbox || r.Vendor.IsOfficialHost(a.BaseURL)) {
		model = r.Default().ID
		if set, known := r.Model(s.defaultModel(r)); known && !set.IsRetired() {
			model = set.ID
		}
		out.Warnings = append(out.Warnings, fmt.Sprintf("The model %s was retired on %s; %s is used instead.", row.ID, row.Retired, model))
	}
	out.Target = r.Target(model)
	out.Target.BaseURL = a.BaseURL
	return out
}

// defaultOf is the model of a route when the request names none: [selector.defaultModel]
// if the account serves it, else the first that it serves, of the table if possible.
func (s selector) defaultOf(r Route, a *Account) string {
	model := s.defaultModel(r)
	if _, ok := a.serves(r, model); ok {
		return model
	}
	for _, m := range r.Models {
		if id, ok := a.serves(r, m.ID); ok {
			return id
		}
	}
	return a.Models[0]
}

// defaultModel is the model of a route when the request names none: that of the
// settings if the route serves it, else the default of the table.
func (s selector) defaultModel(r Route) string {
	set := s.settings.Models[s.operation.Module.Name]
	if set == "" {
		return r.Default().ID
	}
	if _, known := s.operation.Model(set); known {
		if _, has := r.Model(set); !has {
			return r.Default().ID
		}
		return set
	}
	// In no table, such as the id of an endpoint or of a gateway: it is meant for the
	// first route that has an account.
	for _, first := range s.candidates() {
		if len(s.accountsOf(first)) > 0 {
			if first.Vendor.Name == r.Vendor.Name {
				return set
			}
			break
		}
	}
	return r.Default().ID
}

// candidates are the operation's routes, or only the one that a setting pins.
func (s selector) candidates() []Route {
	pinned := s.settings.Routes[s.operation.Module.Name]
	if pinned == "" {
		return s.operation.Routes
	}
	return slices.DeleteFunc(slices.Clone(s.operation.Routes), func(r Route) bool { return r.Vendor.Name != pinned })
}

// Announced are configured accounts in the form in which workers announce them, none
// parked. Commands use it that read the settings and no ledger.
func Announced(reg *Registry, accounts *provider.Accounts) []Account {
	var out []Account
	for name := range reg.Vendors() {
		for _, a := range accounts.ForVendor(name) {
			out = append(out, Account{Vendor: a.Vendor, BaseURL: a.BaseURL, Models: a.Models, Sandbox: a.Sandbox})
		}
	}
	return out
}
