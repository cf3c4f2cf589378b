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

// Settings holds all settings.
type Settings struct {
	Config
	Accounts *provider.Accounts   // of all vendors, as the settings name them
	Routes   module.RouteSettings // GPT_MODEL, GPT_ROUTE …
	Warnings []string             // about old names and probable typos
	List     []Setting            // all variables, for `aigc config`
}

// Setting is one variable as `aigc config` shows it.
type Setting struct {
	Name    string `json:"name"`
	Value   string `json:"value"` // "•••" for a secret
	Default string `json:"default,omitempty"`
	Source  string `json:"source"` // environment, .env, default, or the old name that had the value
	Doc     string `json:"doc"`
	Secret  bool   `json:"secret"`
}

// Setting returns a variable by its name; false if there is none.
func (l *Settings) Setting(name string) (Setting, bool) {
	i := slices.IndexFunc(l.List, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return l.List[i], true
}

// Load loads all settings from the environment and .env. Its error lists every fault.
// An empty variable counts as not set.
//
// The values of .env and of old names are set in the environment of the process,
// because envconfig and the vendors' libraries read them there.
func Load(h *module.Registry) (*Settings, error) {
	l := &Settings{Accounts: provider.NewAccounts(), Routes: module.RouteSettings{Models: map[string]string{}, Routes: map[string]string{}}}
	r := &reader{settings: l, source: map[string]string{}, listed: map[string]bool{}}
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
		r.moduleSettings(h, spec)
	}
	l.setGrace(h)
	l.Routes.Fallback = l.RouteFallback != "off"
	r.errs = append(r.errs, l.check()...)
	l.Warnings = append(l.Warnings, l.unused()...)
	if names := l.APIKeys.weak(); len(names) > 0 {
		l.Warnings = append(l.Warnings, fmt.Sprintf("AIGC_API_KEYS: the key of %s has less than %d characters and can be guessed", strings.Join(names, ", "), minStrongKey))
	}
	l.warnUnknown()
	if len(r.errs) > 0 {
		parts := make([]string, len(r.errs))
		for i, e := range r.errs {
			parts[i] = "  " + e.Error()
		}
		return nil, fmt.Errorf("the settings have %d fault(s):\n%s", len(r.errs), strings.Join(parts, "\n"))
	}
	return l, nil
}

// moduleSettings reads the two settings of a module: default model and route.
func (r *reader) moduleSettings(h *module.Registry, spec module.Spec) {
	model, route := strings.ToUpper(spec.Name)+"_MODEL", strings.ToUpper(spec.Name)+"_ROUTE"
	vendors := routesOf(h, spec.Name)
	r.list(Setting{Name: model, Doc: "default model of " + spec.Title})
	r.list(Setting{Name: route, Doc: "the only vendor to use for " + spec.Title + ": " + strings.Join(vendors, " or ")})
	r.settings.Routes.Models[spec.Name] = os.Getenv(model)
	chosen := os.Getenv(route)
	if chosen != "" && !slices.Contains(vendors, chosen) {
		r.errs = append(r.errs, fmt.Errorf("%s: must be one of %s", route, strings.Join(vendors, ", ")))
		return
	}
	r.settings.Routes.Routes[spec.Name] = chosen
}

// routesOf returns the vendors of a module's operations.
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
