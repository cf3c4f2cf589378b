package module_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
)

type input struct {
	Prompt string `json:"prompt"`
}

type fakeGenerator struct{}

func (fakeGenerator) Generate(context.Context, provider.Call, input) (provider.Answer, error) {
	return provider.Answer{}, nil
}

// testOperation has two routes: both serve "shared", each has a model of its own, and
// the first has a retired one.
func testOperation(t *testing.T) *module.Registered {
	t.Helper()
	vendor := func(name string) provider.Vendor {
		return provider.Vendor{Name: name, Title: strings.ToUpper(name), BaseURL: "https://" + name + ".example", Prefix: strings.ToUpper(name)}
	}
	first := module.Terms{Models: []module.Model{{ID: "first-1", Aliases: []string{"one"}}, {ID: "shared"}, {ID: "first-0", Retired: "2020-01-01"}}}
	second := module.Terms{Models: []module.Model{{ID: "second-1"}, {ID: "shared"}}}
	h, err := module.NewRegistry(module.Define(module.Spec{Name: "toy", Title: "Toy"}, module.Declare(
		module.Operation{Name: "draw", Paths: []string{"/toy"}, Tool: "toy"},
		module.Sync(vendor("first"), fakeGenerator{}, first), module.Sync(vendor("second"), fakeGenerator{}, second))))
	if err != nil {
		t.Fatal(err)
	}
	return h.Operation("toy.draw")
}

func TestSelect(t *testing.T) {
	t.Parallel()
	no := fault.New(fault.VendorAuth, "vendor_key_refused", "The key is refused.")
	empty := fault.New(fault.VendorQuota, "vendor_no_balance", "The balance is used up.")
	account := func(vendor string, refusal *fault.Error) module.Account {
		return module.Account{Vendor: vendor, BaseURL: "https://" + vendor + ".example", Refusal: refusal}
	}
	one, two := account("first", nil), account("second", nil)
	oneParked, twoParked := account("first", no), account("second", empty)
	gateway := module.Account{Vendor: "first", BaseURL: "https://gateway.example"}
	listing := module.Account{Vendor: "second", BaseURL: "https://second.example", Models: []string{"shared", "own"}}
	listsAlias := module.Account{Vendor: "first", BaseURL: "https://first.example", Models: []string{"one", "first-0"}}
	type settings = module.RouteSettings
	set := func(model string) settings {
		return settings{Models: map[string]string{"toy": model}, Fallback: true}
	}
	for name, c := range map[string]struct {
		requested string
		accounts  []module.Account
		settings  settings
		want      string     // vendor/model
		kind      fault.Kind // of the error, else
		contains  string     // in the error, or in a warning
		noWarning bool       // no warning at all
	}{
		"first route":      {"", []module.Account{one, two}, settings{}, "first/first-1", "", "", true},
		"auto is no model": {"auto", []module.Account{one, two}, settings{}, "first/first-1", "", "", true},
		"second route where the first has no key": {"", []module.Account{two}, settings{}, "second/second-1", "", "", true},
		"an alias":                                    {"one", []module.Account{one, two}, settings{}, "first/first-1", "", "", true},
		"a model of the second route":                 {"second-1", []module.Account{one, two}, settings{}, "second/second-1", "", "", true},
		"a model of a route without a key":            {"second-1", []module.Account{one}, settings{}, "", fault.NoRoute, "SECOND_API_KEY", false},
		"a model of both":                             {"shared", []module.Account{two}, settings{}, "second/shared", "", "", true},
		"an unknown model goes to the first":          {"ep-1", []module.Account{two, one}, settings{}, "first/ep-1", "", "", true},
		"an unknown model, only the second":           {"ep-1", []module.Account{two}, settings{}, "second/ep-1", "", "", true},
		"no key at all":                               {"", nil, settings{}, "", fault.NoRoute, "FIRST_API_KEY", false},
		"retired on the vendor's host":                {"first-0", []module.Account{one}, settings{}, "first/first-1", "", "was retired on 2020-01-01", false},
		"retired, and a setting":                      {"first-0", []module.Account{one}, set("shared"), "first/shared", "", "was retired", false},
		"retired at a gateway":                        {"first-0", []module.Account{gateway}, settings{}, "first/first-0", "", "", true},
		"the setting":                                 {"", []module.Account{one}, set("shared"), "first/shared", "", "", true},
		"the setting's alias":                         {"", []module.Account{one}, set("one"), "first/first-1", "", "", true},
		"a setting of the other route":                {"", []module.Account{one, two}, set("second-1"), "first/first-1", "", "", true},
		"a setting that no table has":                 {"", []module.Account{one, two}, set("ep-9"), "first/ep-9", "", "", true},
		"pinned":                                      {"", []module.Account{one, two}, settings{Routes: map[string]string{"toy": "second"}}, "second/second-1", "", "", true},
		"pinned without a key":                        {"", []module.Account{one}, settings{Routes: map[string]string{"toy": "second"}}, "", fault.NoRoute, "SECOND_API_KEY", false},
		"pinned, with a model of no table":            {"", []module.Account{one, two}, settings{Routes: map[string]string{"toy": "second"}, Models: map[string]string{"toy": "ep-9"}}, "second/ep-9", "", "", true},
		"parked, another key":                         {"", []module.Account{oneParked, one, two}, settings{}, "first/first-1", "", "", true},
		"parked, and no fallback":                     {"", []module.Account{oneParked, two}, settings{}, "", fault.VendorAuth, "refused", false},
		"parked, and the other route":                 {"", []module.Account{oneParked, two}, settings{Fallback: true}, "second/second-1", "", "SECOND was used instead", false},
		"parked, but a model was requested":           {"shared", []module.Account{oneParked, two}, settings{Fallback: true}, "", fault.VendorAuth, "refused", false},
		"all parked: the fault of the first route":    {"", []module.Account{oneParked, twoParked}, settings{Fallback: true}, "", fault.VendorAuth, "refused", false},
		"only the second is there, and is parked":     {"", []module.Account{twoParked}, settings{Fallback: true}, "", fault.VendorQuota, "balance", false},
		"a listed model":                              {"shared", []module.Account{listing}, settings{}, "second/shared", "", "", true},
		"a listed model of no table":                  {"own", []module.Account{listing}, settings{}, "second/own", "", "", true},
		"a listed model of no table before the first": {"own", []module.Account{one, listing}, settings{}, "second/own", "", "", true},
		"an unlisted model of no table":               {"ep-1", []module.Account{one, listing}, settings{}, "first/ep-1", "", "", true},
		"a model of the table, but not listed":        {"second-1", []module.Account{listing}, settings{}, "", fault.NoRoute, "No configured key of", false},
		"a model that is nowhere":                     {"ep-1", []module.Account{listing}, settings{}, "", fault.NoRoute, "FIRST_API_KEY", false},
		"no model: the first listed of the table":     {"", []module.Account{listing}, settings{}, "second/shared", "", "", true},
		"no model: the setting, where it is listed":   {"", []module.Account{listing}, set("own"), "second/own", "", "", true},
		"listed by an alias":                          {"first-1", []module.Account{listsAlias}, settings{}, "first/one", "", "", true},
		"listed although retired":                     {"first-0", []module.Account{listsAlias}, settings{}, "first/first-0", "", "", true},
		"listed by the second account only":           {"shared", []module.Account{listsAlias, listing}, settings{}, "second/shared", "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := module.Select(testOperation(t), c.requested, c.accounts, c.settings)
			if c.kind != "" {
				if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.contains) {
					t.Fatalf("%v (%s), want %s with %q", err, fault.KindOf(err), c.kind, c.contains)
				}
				return
			}
			if err != nil || got.Target.Vendor+"/"+got.Target.Model != c.want || got.Route.Vendor.Name != got.Target.Vendor {
				t.Fatalf("%v %+v, want %s", err, got.Target, c.want)
			}
			found := slices.ContainsFunc(got.Warnings, func(w string) bool { return strings.Contains(w, c.contains) })
			if c.noWarning && len(got.Warnings) > 0 || !c.noWarning && !found {
				t.Errorf("warnings %q, want %q", got.Warnings, c.contains)
			}
		})
	}
}

// Unset limits of a route have defaults.
func TestTermsAreComplete(t *testing.T) {
	t.Parallel()
	r := testOperation(t).Routes[0]
	if r.Submit != 5*time.Minute || r.Deadline != 30*time.Minute || r.Poll.Every != 5*time.Second {
		t.Errorf("%+v", r.Terms)
	}
}

func TestNewRegistryErrors(t *testing.T) {
	t.Parallel()
	v := provider.Vendor{Name: "v"}
	terms := module.Terms{Models: []module.Model{{ID: "m"}}}
	op := func(name, path, tool string) module.Operation {
		return module.Operation{Name: name, Paths: []string{path}, Tool: tool}
	}
	declare := func(op module.Operation, terms module.Terms) module.Declaration {
		return module.Declare(op, module.Sync(v, fakeGenerator{}, terms))
	}
	for name, c := range map[string]struct {
		modules  []module.Module
		contains string
	}{
		"two modules of a name":  {[]module.Module{module.Define(module.Spec{Name: "a"}), module.Define(module.Spec{Name: "a"})}, "module a"},
		"two operations at once": {[]module.Module{module.Define(module.Spec{Name: "a"}, declare(op("x", "/x", "x"), terms), declare(op("x", "/y", "y"), terms))}, "kind a.x"},
		"two paths":              {[]module.Module{module.Define(module.Spec{Name: "a"}, declare(op("x", "/x", "x"), terms), declare(op("y", "/x", "y"), terms))}, "path /x"},
		"two tools":              {[]module.Module{module.Define(module.Spec{Name: "a"}, declare(op("x", "/x", "x"), terms), declare(op("y", "/y", "x"), terms))}, "tool x"},
		"no route":               {[]module.Module{module.Define(module.Spec{Name: "a"}, module.Declare[input](op("x", "/x", "x")))}, "needs a path and a route"},
		"no model":               {[]module.Module{module.Define(module.Spec{Name: "a"}, declare(op("x", "/x", "x"), module.Terms{}))}, "has no model"},
		"with images":            {[]module.Module{module.Define(module.Spec{Name: "a"}, declare(module.Operation{Name: "x", Paths: []string{"/x"}, Tool: "x", WithImages: "y"}, terms))}, "WithImages names y"},
		"two routes of a vendor": {[]module.Module{module.Define(module.Spec{Name: "a"}, module.Declare(op("x", "/x", "x"), module.Sync(v, fakeGenerator{}, terms), module.Sync(v, fakeGenerator{}, terms)))}, "route a.x by v"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := module.NewRegistry(c.modules...); err == nil || !strings.Contains(err.Error(), c.contains) {
				t.Errorf("%v, want %q", err, c.contains)
			}
		})
	}
}
