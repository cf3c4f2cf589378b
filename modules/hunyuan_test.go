package modules_test

import (
	"slices"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/sandbox"
	"aigc/app/task"
	"aigc/modules"
)

// Hunyuan has two routes: Tencent Cloud's API with a key pair, and TokenHub. 3.0 goes to
// either, 3.5 preview to TokenHub alone.
func TestHunyuanRoutes(t *testing.T) {
	t.Parallel()
	h, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	pair, key := module.Account{Vendor: "tencent"}, module.Account{Vendor: "tokenhub"}
	parked := module.Account{Vendor: "tencent", Refusal: fault.New(fault.VendorQuota, "vendor_no_balance", "No balance.")}
	for name, c := range map[string]struct {
		asked    string
		accounts []module.Account
		want     string // vendor/model
		says     string // part of a warning; empty: no warning
		err      fault.Kind
	}{
		"the pair first":                         {"", []module.Account{key, pair}, "tencent/hunyuan-image-3.0", "", ""},
		"only a key":                             {"", []module.Account{key}, "tokenhub/hunyuan-image-3.0", "", ""},
		"3.0 with a pair":                        {"hunyuan-image-3.0", []module.Account{key, pair}, "tencent/hunyuan-image-3.0", "", ""},
		"3.0 with a key":                         {"hunyuan-image-3.0", []module.Account{key}, "tokenhub/hunyuan-image-3.0", "", ""},
		"an old name":                            {"hunyuan", []module.Account{key}, "tokenhub/hunyuan-image-3.0", "", ""},
		"TokenHub's name of 3.0":                 {"hy-image-v3", []module.Account{key, pair}, "tokenhub/hunyuan-image-3.0", "", ""},
		"3.5":                                    {"hy-image-v3.5-preview", []module.Account{key, pair}, "tokenhub/hy-image-v3.5-preview", "", ""},
		"3.5 without a key":                      {"hy-image-v3.5-preview", []module.Account{pair}, "", "", fault.NoRoute},
		"no keys":                                {"", nil, "", "", fault.NoRoute},
		"the pair is parked":                     {"", []module.Account{parked, key}, "tokenhub/hunyuan-image-3.0", "Tencent TokenHub was used instead", ""},
		"the pair is parked, and 3.0 is asked":   {"hunyuan-image-3.0", []module.Account{parked, key}, "", "", fault.VendorQuota},
		"an unknown id uses the first route":     {"hy-image-v4", []module.Account{pair, key}, "tencent/hy-image-v4", "", ""},
		"an unknown id with a key for a gateway": {"hy-image-v4", []module.Account{key}, "tokenhub/hy-image-v4", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := module.Select(h.Operation("hunyuan.create"), c.asked, c.accounts, module.RouteSettings{Fallback: true})
			if c.err != "" {
				if fault.KindOf(err) != c.err {
					t.Fatalf("%v, want %s", err, c.err)
				}
				return
			}
			if err != nil || got.Target.Vendor+"/"+got.Target.Model != c.want {
				t.Fatalf("%v %+v, want %s", err, got.Target, c.want)
			}
			if said := strings.Join(got.Warnings, " "); !strings.Contains(said, c.says) || c.says == "" && said != "" {
				t.Errorf("warnings %q, want %q", got.Warnings, c.says)
			}
		})
	}
}

// TokenHub with every fault directive: the final state of the task, and at most one paid
// submission. It is not documented that a refusal is free.
func TestTokenHubUnderEveryFault(t *testing.T) {
	t.Parallel()
	ok, doubt := want{task.Succeeded, fault.ChargedYes, "", 1}, want{task.InDoubt, fault.ChargedUnknown, "", 1}
	e, box := startVendors(t, "tokenhub")
	for _, model := range []string{"hunyuan-image-3.0", "hy-image-v3.5-preview"} {
		for directive, w := range map[string]want{
			"":                  ok,
			"[[429]]":           ok,
			"[[400]]":           {task.Failed, fault.ChargedNo, "vendor_refused_input", 0},
			"[[refuse]]":        {task.Failed, fault.ChargedUnknown, "content_refused", 0},
			"[[refuse-output]]": {task.Failed, fault.ChargedUnknown, "content_refused", 1},
			"[[drop]]":          doubt,
			"[[500]]":           doubt,
			"[[truncate]]":      doubt,
			"[[html]]":          {task.Failed, fault.ChargedYes, "unknown_file_type", 1},
			"[[short]]":         {task.Failed, fault.ChargedYes, "file_cut_short", 1},
		} {
			t.Run(model+"/"+strings.Trim(directive, "[]"), func(t *testing.T) {
				t.Parallel()
				v := e.Run("hunyuan.create", `{"prompt":"a red fox `+directive+`","size":"640x512","model":"`+model+`"}`)
				w.check(t, box, v)
				if v.Status == task.Succeeded && (len(v.Data) != 1 || v.Data[0].Width != 640 || v.Data[0].Height != 512) {
					t.Errorf("results: %+v", v.Data)
				}
			})
		}
	}
}

// Several images are several tasks, each with a purchase and a seed of its own, by either
// route. The known price is in yuan.
func TestSeveralHunyuanImages(t *testing.T) {
	t.Parallel()
	e, box := startVendors(t, "tencent", "tokenhub")
	for model, vendor := range map[string]string{"hunyuan-image-3.0": "tencent", "hy-image-v3.5-preview": "tokenhub"} {
		v := e.Run("hunyuan.create", `{"prompt":"a cat","n":2,"seed":4294967295,"size":"640x512","image":"`+dot64+`","model":"`+model+`"}`)
		if v.Status != task.Succeeded || len(v.Data) != 2 || v.Group == nil || v.Data[0].SHA256 == v.Data[1].SHA256 {
			t.Fatalf("%s: %s %+v", model, v.Status, v.Error)
		}
		if vendor == "tokenhub" && (v.Cost.Actual == nil || *v.Cost.Actual != 0.3 || v.Cost.Currency != "CNY") {
			t.Errorf("cost %+v", v.Cost)
		}
		for _, id := range v.Group.Children {
			bought := slices.DeleteFunc(box.Purchases().Purchases, func(s sandbox.Purchase) bool { return s.Task != id })
			if len(bought) != 1 || bought[0].Vendor != vendor {
				t.Errorf("%s: bought %+v, want one at %s", model, bought, vendor)
			}
		}
	}
}

// dot64 is a PNG of 64 by 64 pixels: Tencent takes at least 50 a side.
const dot64 = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAAAAACPAi4CAAAAKUlEQVR42u3MQREAAAwCIPuX1hD77SAA6VEEAoFAIBAIBAKBQCAQfA8Gpwvw4qrwDDIAAAAASUVORK5CYII="
