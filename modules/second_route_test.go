package modules_test

import (
	"slices"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/sandboxtest"
	"aigc/app/task"
	"aigc/app/worker/workertest"
	"aigc/modules"
)

// Seedream and SeedEdit have two routes: Ark, and Jimeng over Volcengine's access
// keys; virtual try-on has FASHN and Black Forest Labs.
func TestSecondRouteIsSelected(t *testing.T) {
	t.Parallel()
	h, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	account := func(vendor string, refusal *fault.Error) module.Account {
		return module.Account{Vendor: vendor, BaseURL: h.Vendors()[vendor].BaseURL, Refusal: refusal}
	}
	refused := fault.New(fault.VendorAuth, "vendor_key_refused", "The key is refused.")
	ark, volc, parked := account("ark", nil), account("jimeng", nil), account("ark", refused)
	fashn, bfl, parkedFashn := account("fashn", nil), account("bfl", nil), account("fashn", refused)
	for name, c := range map[string]struct {
		kind, asked string
		accounts    []module.Account
		want        string // vendor/model
		says        string // part of a warning; empty: no warning
		err         fault.Kind
	}{
		"Ark before the access keys":                     {"seedream.generate", "", []module.Account{volc, ark}, "ark/doubao-seedream-5-5-261028", "", ""},
		"only access keys":                               {"seedream.generate", "", []module.Account{volc}, "jimeng/jimeng_seedream46_cvtob", "", ""},
		"an old name, only access keys":                  {"seedream.generate", "即梦", []module.Account{volc}, "jimeng/jimeng_seedream46_cvtob", "", ""},
		"a model of the access keys":                     {"seedream.generate", "jimeng_t2i_v31", []module.Account{ark, volc}, "jimeng/jimeng_t2i_v31", "", ""},
		"a model of Ark, only access keys":               {"seedream.generate", "doubao-seedream-4-5-251128", []module.Account{volc}, "", "", fault.NoRoute},
		"Ark is parked, no model":                        {"seedream.generate", "", []module.Account{parked, volc}, "jimeng/jimeng_seedream46_cvtob", "Volcengine Jimeng was used instead", ""},
		"Ark is parked, and its model is asked":          {"seedream.generate", "doubao-seedream-4-5-251128", []module.Account{parked, volc}, "", "", fault.VendorAuth},
		"edits: Ark before the access keys":              {"seededit.generate", "", []module.Account{volc, ark}, "ark/doubao-seedream-4-5-251128", "", ""},
		"edits: only access keys":                        {"seededit.generate", "", []module.Account{volc}, "jimeng/jimeng_i2i_v30", "", ""},
		"edits: an old name, only access keys":           {"seededit.generate", "seededit-pro", []module.Account{volc}, "jimeng/jimeng_i2i_v30", "", ""},
		"edits: an old name":                             {"seededit.generate", "seededit", []module.Account{volc, ark}, "ark/doubao-seedream-4-5-251128", "", ""},
		"edits: a model of the access keys":              {"seededit.generate", "seededit_v3.0", []module.Account{ark, volc}, "jimeng/seededit_v3.0", "", ""},
		"edits: Ark is parked, no model":                 {"seededit.generate", "", []module.Account{parked, volc}, "jimeng/jimeng_i2i_v30", "Volcengine Jimeng was used instead", ""},
		"edits: a retired model":                         {"seededit.generate", "doubao-seededit-3-0-i2i-250628", []module.Account{ark}, "ark/doubao-seedream-4-5-251128", "was retired", ""},
		"doubao has no second route":                     {"doubao.generate", "", []module.Account{volc}, "", "", fault.NoRoute},
		"doubao":                                         {"doubao.generate", "", []module.Account{ark}, "ark/doubao-seedream-5-0-pro-260628", "", ""},
		"try-on: FASHN before Black Forest Labs":         {"tryon.generate", "", []module.Account{bfl, fashn}, "fashn/tryon-v1.6", "", ""},
		"try-on: only Black Forest Labs":                 {"tryon.generate", "tryon", []module.Account{bfl}, "bfl/vto-v2", "", ""},
		"try-on: a model of Black Forest Labs":           {"tryon.generate", "vto-v1", []module.Account{fashn, bfl}, "bfl/vto-v1", "", ""},
		"try-on: a model of FASHN, only BFL":             {"tryon.generate", "tryon-max", []module.Account{bfl}, "", "", fault.NoRoute},
		"try-on: FASHN is parked, no model":              {"tryon.generate", "", []module.Account{parkedFashn, bfl}, "bfl/vto-v2", "Black Forest Labs was used instead", ""},
		"an endpoint id uses the first route with a key": {"seedream.generate", "ep-1", []module.Account{ark, volc}, "ark/ep-1", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := module.Select(h.Operation(c.kind), c.asked, c.accounts, module.RouteSettings{Fallback: true})
			if c.err != "" {
				if fault.KindOf(err) != c.err {
					t.Fatalf("%v, want %s", err, c.err)
				}
				return
			}
			if err != nil || got.Target.Vendor+"/"+got.Target.Model != c.want {
				t.Fatalf("%v %+v, want %s", err, got.Target, c.want)
			}
			said := slices.ContainsFunc(got.Warnings, func(w string) bool { return strings.Contains(w, c.says) })
			if c.says == "" && len(got.Warnings) > 0 || c.says != "" && !said {
				t.Errorf("warnings %q, want %q", got.Warnings, c.says)
			}
		})
	}
}

// startVendors starts the imitations and an engine with accounts of these vendors
// only.
func startVendors(t *testing.T, vendors ...string) (*workertest.Engine, *sandbox.Server) {
	t.Helper()
	h, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	box := sandboxtest.Start(t, modules.Sandboxes()...)
	accounts := provider.NewAccounts()
	for _, i := range modules.Sandboxes() {
		if slices.Contains(vendors, i.Vendor.Name) {
			accounts.Add(i.Vendor, provider.Limits{}, i.Account(box.Root()))
		}
	}
	return workertest.New(t, h, accounts), box
}

// The second route with every fault directive: the final state of the task, and at
// most one paid submission.
func TestSecondRouteUnderEveryFault(t *testing.T) {
	t.Parallel()
	ok := want{task.Succeeded, fault.ChargedYes, "", 1}
	doubt := want{task.InDoubt, fault.ChargedUnknown, "", 1}
	e, box := startVendors(t, "jimeng")
	for _, kind := range []string{"seedream.generate", "seededit.generate"} {
		for directive, w := range map[string]want{
			"":                  ok,
			"[[429]]":           ok,
			"[[400]]":           {task.Failed, fault.ChargedNo, "vendor_refused_input", 0},
			"[[refuse]]":        {task.Failed, fault.ChargedUnknown, "content_refused", 0},
			"[[refuse-output]]": {task.Failed, fault.ChargedUnknown, "result_refused", 1},
			"[[drop]]":          doubt,
			"[[500]]":           doubt,
			"[[truncate]]":      doubt,
			"[[html]]":          {task.Failed, fault.ChargedYes, "unknown_file_type", 1},
			"[[short]]":         {task.Failed, fault.ChargedYes, "file_cut_short", 1},
			"[[status banana]]": ok,
			"[[fail]]":          {task.Failed, fault.ChargedUnknown, "vendor_failed", 1},
		} {
			t.Run(kind+"/"+strings.Trim(directive, "[]"), func(t *testing.T) {
				t.Parallel()
				v := e.Run(kind, `{"prompt":"a red fox `+directive+`"`+required[kind]+`}`)
				w.check(t, box, v)
				if v.Status == task.Succeeded && (len(v.Data) != 1 || v.Data[0].Width == 0) {
					t.Errorf("results: %+v", v.Data)
				}
			})
		}
	}
}

// A task keeps the vendor selected at accept: with keys of both vendors, each model
// is bought at its own.
func TestTaskKeepsItsVendor(t *testing.T) {
	t.Parallel()
	e, box := startVendors(t, "ark", "jimeng")
	for model, vendor := range map[string]string{"": "ark", "doubao-seedream-4-0-250828": "ark", "jimeng_t2i_v31": "jimeng", "jimeng_t2i_v40": "jimeng"} {
		v := e.Run("seedream.generate", `{"prompt":"a red fox","size":"1K","model":"`+model+`"}`)
		if v.Status != task.Succeeded {
			t.Fatalf("%s: %s %+v", model, v.Status, v.Error)
		}
		row, err := e.Ledger.Task(t.Context(), v.TaskID)
		if err != nil || row.Account.Vendor != vendor || model != "" && row.Model != model {
			t.Errorf("%s: %v, the row names %s and %s", model, err, row.Account.Vendor, row.Model)
		}
		bought := slices.DeleteFunc(box.Purchases().Purchases, func(s sandbox.Purchase) bool { return s.Task != v.TaskID })
		if len(bought) != 1 || bought[0].Vendor != vendor {
			t.Errorf("%s: bought %+v, want one at %s", model, bought, vendor)
		}
	}
}

// A refused key of Ark is parked; a request without a model then uses the second
// route, with a warning.
func TestParkedKeyOfTheFirstRoute(t *testing.T) {
	t.Parallel()
	e, box := startVendors(t, "ark", "jimeng")
	if v := e.Run("seedream.generate", `{"prompt":"a red fox [[401]]"}`); v.Status != task.Failed || v.Error.Code != "vendor_key_refused" {
		t.Fatalf("%s %+v", v.Status, v.Error)
	}
	v := e.Run("seedream.generate", `{"prompt":"a red fox","size":"1K"}`)
	said := slices.ContainsFunc(v.Warnings, func(w string) bool { return strings.Contains(w, "Volcengine Jimeng was used instead") })
	if v.Status != task.Succeeded || v.Model != "jimeng_seedream46_cvtob" || !said {
		t.Fatalf("%s by %s, warnings %q", v.Status, v.Model, v.Warnings)
	}
	if n := box.Purchases().ByTask[v.TaskID]; n != 1 {
		t.Errorf("%d purchases", n)
	}
}

// Models that accept images only by URL get the URL of the stored input.
func TestInputImageByAddress(t *testing.T) {
	t.Parallel()
	e, box := startVendors(t, "jimeng")
	v := e.Run("seededit.generate", `{"prompt":"a red fox","size":"1K","model":"jimeng_seedream46_cvtob"`+required["seededit.generate"]+`}`)
	if n := box.Purchases().ByTask[v.TaskID]; v.Status != task.Succeeded || n != 1 || v.Cost.Currency != "CNY" {
		t.Errorf("%s %+v, %d purchases, cost %+v", v.Status, v.Error, n, v.Cost)
	}
}
