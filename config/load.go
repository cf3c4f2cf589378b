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

// Loaded is everything that was read.
type Loaded struct {
	Config
	Accounts *provider.Accounts // of all vendors, as the settings name them
	Defaults map[string]string  // module → default model (GPT_MODEL …)
	Warnings []string           // old names, probable typos
	Settings []Setting          // every variable, for `aigc config`
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
func (l *Loaded) Setting(name string) (Setting, bool) {
	i := slices.IndexFunc(l.Settings, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return l.Settings[i], true
}

// Load reads .env and the environment. The error lists every fault. A variable
// that is set to nothing counts as not set.
//
// The values of .env and of old names are put into the environment of the
// process, since that is where the libraries look.
func Load(h *module.Host) (*Loaded, error) {
	l := &Loaded{Accounts: provider.NewAccounts(), Defaults: map[string]string{}}
	r := &reader{loaded: l, source: map[string]string{}, noted: map[string]bool{}}
	r.environment()
	if err := r.dotenv(".env"); err != nil {
		return nil, err
	}
	l.oldNames(r.source)
	r.read("AIGC", &l.Process)
	r.read("", &l.Stores)
	vendors := h.Vendors()
	for _, name := range slices.Sorted(maps.Keys(vendors)) {
		r.vendor(vendors[name])
	}
	for _, spec := range h.Specs() {
		key := strings.ToUpper(spec.Name) + "_MODEL"
		l.Defaults[spec.Name] = os.Getenv(key)
		r.note(Setting{Name: key, Doc: "default model of " + spec.Title})
	}
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
