package config

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Settings is everything that was read.
type Settings struct {
	Config
	Accounts *provider.Accounts   // of all vendors, as the settings name them
	Routes   module.RouteSettings // GPT_MODEL, GPT_ROUTE …
	Warnings []string             // old names, probable typos
	List     []Setting            // every variable, for `aigc config`
}

// Setting is one variable as `aigc config` shows it.
type Setting struct {
	Name    string `json:"name"`
	Value   string `json:"value"` // dots for a secret
	Default string `json:"default,omitempty"`
	Source  string `json:"source"` // environment, .env, default, or the old name it was taken from
	Doc     string `json:"doc"`
	Secret  bool   `json:"secret"`
}

// Setting finds a variable by its name.
func (l *Settings) Setting(name string) (Setting, bool) {
	i := slices.IndexFunc(l.List, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return l.List[i], true
}

// Load reads .env and the environment. The error lists every fault. A variable
// that is set to nothing counts as not set.
//
// The values of .env and of old names are put into the environment of the
// process, since that is where the libraries look.
func Load(h *module.Registry) (*Settings, error) {
	l := &Settings{Accounts: provider.NewAccounts(), Routes: module.RouteSettings{Models: map[string]string{}, Routes: map[string]string{}}}
	r := &reader{loaded: l, source: map[string]string{}, noted: map[string]bool{}}
	r.environment()
	if err := r.dotenv(".env"); err != nil {
		return nil, err
	}
	l.legacyNames(r.source)
	r.read("AIGC", &l.Process)
	r.read("", &l.Stores)
	vendors := h.Vendors()
	for _, name := range slices.Sorted(maps.Keys(vendors)) {
		r.vendor(vendors[name])
	}
	for _, spec := range h.Specs() {
		r.choices(h, spec)
	}
	l.Routes.Fallback = l.RouteFallback != "off"
	r.errs = append(r.errs, l.check()...)
	l.Warnings = append(l.Warnings, l.unused()...)
	l.typos()
	if len(r.errs) > 0 {
		parts := make([]string, len(r.errs))
		for i, e := range r.errs {
			parts[i] = "  " + e.Error()
		}
		return nil, fmt.Errorf("the settings have %d fault(s):\n%s", len(r.errs), strings.Join(parts, "\n"))
	}
	return l, nil
}

// choices reads what the settings say of a module: its model and its route.
func (r *reader) choices(h *module.Registry, spec module.Spec) {
	model, route := strings.ToUpper(spec.Name)+"_MODEL", strings.ToUpper(spec.Name)+"_ROUTE"
	vendors := routesOf(h, spec.Name)
	r.note(Setting{Name: model, Doc: "model of " + spec.Title + " when none is asked for"})
	r.note(Setting{Name: route, Doc: "the one vendor to use for " + spec.Title + ": " + strings.Join(vendors, " or ")})
	r.loaded.Routes.Models[spec.Name] = os.Getenv(model)
	chosen := os.Getenv(route)
	if chosen != "" && !slices.Contains(vendors, chosen) {
		r.errs = append(r.errs, fmt.Errorf("%s: must be one of %s", route, strings.Join(vendors, ", ")))
		return
	}
	r.loaded.Routes.Routes[spec.Name] = chosen
}

// routesOf are the vendors of a module's operations.
func routesOf(h *module.Registry, name string) []string {
	var out []string
	for _, e := range h.Operations() {
		for _, route := range e.Routes {
			if e.Module.Name == name && !slices.Contains(out, route.Vendor.Name) {
				out = append(out, route.Vendor.Name)
			}
		}
	}
	return out
}
