package modules_test

import (
	"slices"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/task"
	"aigc/modules"
)

// The GPT models have two vendors: OpenAI, and Azure OpenAI for the models that a resource
// has deployments of; then the aggregator.
func TestAzureRouteIsSelected(t *testing.T) {
	t.Parallel()
	h, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	azureOf := func(models ...string) module.Account {
		return module.Account{Vendor: "azure", BaseURL: "https://res.openai.azure.com", Models: models}
	}
	openai := module.Account{Vendor: "openai", BaseURL: h.Vendors()["openai"].BaseURL}
	aggregator := module.Account{Vendor: "aggregator", BaseURL: "https://aggregator.example"}
	parked := openai
	parked.Refusal = fault.New(fault.VendorAuth, "vendor_key_refused", "The key is refused.")
	azure := azureOf("gpt-image-2", "gpt-image-2.5-flare-2026-09-08", "gpt-image-1", "own-model")
	pinned := map[string]string{"gpt": "azure"}
	for name, c := range map[string]struct {
		asked    string
		accounts []module.Account
		routes   map[string]string
		want     string // vendor/model
		says     string // part of a warning; empty: no warning
		err      fault.Kind
	}{
		"OpenAI before Azure":                         {"", []module.Account{azure, openai}, nil, "openai/gpt-image-2", "", ""},
		"Azure before the aggregator":                 {"", []module.Account{aggregator, azure}, nil, "azure/gpt-image-2", "", ""},
		"only Azure":                                  {"gpt-image-2", []module.Account{azure}, nil, "azure/gpt-image-2", "", ""},
		"only Azure, without the default":             {"", []module.Account{azureOf("gpt-image-1.5", "gpt-image-2.6-flare")}, nil, "azure/gpt-image-2.6-flare", "", ""},
		"pinned":                                      {"", []module.Account{openai, azure}, pinned, "azure/gpt-image-2", "", ""},
		"a model without a deployment":                {"gpt-image-2.6-flare", []module.Account{azure}, nil, "", "", fault.NoRoute},
		"a model without a deployment, pinned":        {"gpt-image-2.6-flare", []module.Account{openai, azure}, pinned, "", "", fault.NoRoute},
		"a model without a deployment: aggregator":    {"gpt-image-2.6-flare", []module.Account{azure, aggregator}, nil, "aggregator/gpt-image-2.6-flare", "", ""},
		"a deployment of a dated model":               {"gpt-image-2.5-flare", []module.Account{azure}, nil, "azure/gpt-image-2.5-flare-2026-09-08", "", ""},
		"a deployment of a model that OpenAI retired": {"gpt-image-1", []module.Account{azure}, nil, "azure/gpt-image-1", "", ""},
		"a model of no table":                         {"own-model", []module.Account{openai, azure}, nil, "azure/own-model", "", ""},
		"OpenAI is parked, no model":                  {"", []module.Account{parked, azure}, nil, "azure/gpt-image-2", "Azure OpenAI was used instead", ""},
		"OpenAI is parked, and a model is asked":      {"gpt-image-2", []module.Account{parked, azure}, nil, "", "", fault.VendorAuth},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range []string{"gpt.generations", "gpt.edits"} {
				got, err := module.Select(h.Operation(kind), c.asked, c.accounts, module.RouteSettings{Fallback: true, Routes: c.routes})
				if c.err != "" {
					if fault.KindOf(err) != c.err || c.err == fault.NoRoute && !strings.Contains(err.Error(), "AZURE_OPENAI_API_KEY") && !strings.Contains(err.Error(), "OPENAI_API_KEY") {
						t.Fatalf("%s: %v, want %s", kind, err, c.err)
					}
					continue
				}
				if err != nil || got.Target.Vendor+"/"+got.Target.Model != c.want || got.Target.Vendor == "azure" && got.Target.Prices != nil {
					t.Fatalf("%s: %v %+v, want %s", kind, err, got.Target, c.want)
				}
				said := slices.ContainsFunc(got.Warnings, func(w string) bool { return strings.Contains(w, c.says) })
				if c.says == "" && len(got.Warnings) > 0 || c.says != "" && !said {
					t.Errorf("%s: warnings %q, want %q", kind, got.Warnings, c.says)
				}
			}
		})
	}
}

// Azure OpenAI with the fault directives: the final state of the task, and at most one
// paid submission. Its cost is unknown; its usage has the findings of the content filters.
func TestAzureUnderFaults(t *testing.T) {
	t.Parallel()
	ok := want{task.Succeeded, fault.ChargedYes, "", 1}
	doubt := want{task.InDoubt, fault.ChargedUnknown, "", 1}
	e, box := startVendors(t, "azure")
	for _, c := range []struct {
		kind, directive, more string
		want                  want
	}{
		{"gpt.generations", "", "", ok},
		{"gpt.edits", "", `,"image":"` + dot + `"`, ok},
		{"gpt.generations", "[[429]]", "", ok},
		{"gpt.generations", "[[400]]", "", want{task.Failed, fault.ChargedNo, "vendor_refused_input", 0}},
		{"gpt.generations", "[[refuse]]", "", want{task.Failed, fault.ChargedUnknown, "content_refused", 0}},
		{"gpt.generations", "[[refuse-output]]", "", want{task.Failed, fault.ChargedUnknown, "content_refused", 1}},
		{"gpt.generations", "[[drop]]", "", doubt},
		{"gpt.generations", "[[500]]", "", doubt},
		{"gpt.generations", "[[truncate]]", "", doubt},
	} {
		t.Run(c.kind+"/"+strings.Trim(c.directive, "[]"), func(t *testing.T) {
			t.Parallel()
			v := e.Run(c.kind, `{"prompt":"a red fox `+c.directive+`","model":"gpt-image-2.6-flare","output_format":"svg","size":"1024x640"`+c.more+`}`)
			c.want.check(t, box, v)
			if v.Status == task.Succeeded && (len(v.Data) != 1 || v.Data[0].Width != 1024 || v.Cost.Actual != nil || v.Cost.Quoted != nil || !strings.Contains(string(v.Usage), "content_filter_results")) {
				t.Errorf("results %+v, cost %+v, usage %s", v.Data, v.Cost, v.Usage)
			}
		})
	}
}
