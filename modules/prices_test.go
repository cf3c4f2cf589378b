package modules_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/schema"
	"aigc/app/service"
	"aigc/modules"
)

// The catalogue shows the price of the route that a request would take: OpenAI's list is not
// Azure's.
func TestPricesOfTheSelectedRoute(t *testing.T) {
	t.Parallel()
	reg, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	var ops []service.Operation
	for _, e := range reg.Operations() {
		ops = append(ops, service.Operation{Registered: e, Schema: schema.New(e.Input)})
	}
	openai := module.Account{Vendor: "openai", BaseURL: "https://api.openai.com/v1"}
	azure := module.Account{Vendor: "azure", BaseURL: "https://example.openai.azure.com", Models: []string{"gpt-image-2"}}
	parked := func(a module.Account) module.Account {
		a.Refusal = fault.New(fault.VendorQuota, "vendor_no_balance", "no balance")
		return a
	}
	for name, tt := range map[string]struct {
		accounts  []module.Account
		routes    map[string]string
		available bool
		priced    bool
		needs     string
	}{
		"OpenAI":                         {accounts: []module.Account{openai}, available: true, priced: true},
		"Azure":                          {accounts: []module.Account{azure}, available: true},
		"Azure, whose key is parked":     {accounts: []module.Account{parked(azure)}, available: true},
		"both":                           {accounts: []module.Account{azure, openai}, available: true, priced: true},
		"both, pinned to Azure":          {accounts: []module.Account{azure, openai}, routes: map[string]string{"gpt": "azure"}, available: true},
		"no key":                         {priced: true, needs: "OPENAI_API_KEY"},
		"no key, pinned to Azure":        {routes: map[string]string{"gpt": "azure"}, needs: "AZURE_OPENAI_API_KEY"},
		"OpenAI, but pinned to Azure":    {accounts: []module.Account{openai}, routes: map[string]string{"gpt": "azure"}, needs: "AZURE_OPENAI_API_KEY"},
		"Azure serves another one of it": {accounts: []module.Account{{Vendor: "azure", Models: []string{"gpt-image-2.6-flare"}}}, priced: true, needs: "OPENAI_API_KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := 0
			for _, m := range service.Catalogue(ops, tt.accounts, module.RouteSettings{Routes: tt.routes}) {
				if m.ID != "gpt-image-2" {
					continue
				}
				found++
				if m.Available != tt.available || (len(m.Prices) > 0) != tt.priced || m.Needs != tt.needs {
					t.Errorf("%s: available %t, needs %q, prices %v", m.Operation, m.Available, m.Needs, m.Prices)
				}
			}
			if found != 2 {
				t.Errorf("%d rows", found)
			}
		})
	}
}
