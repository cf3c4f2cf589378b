package kling

import (
	"encoding/json"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// The cost of a finished job, and whether a failed one was charged.
func TestDeduction(t *testing.T) {
	t.Parallel()
	const mainland = "https://api-beijing.klingai.com"
	cases := []struct {
		name, base, model, job string
		cost                   string // of two results; empty: not known
		charged                fault.Charge
	}{
		{"units", "https://api-singapore.klingai.com", "kling-v3", `{"final_unit_deduction":"16"}`, "0.056 USD", fault.ChargedYes},
		{"a number", "http://127.0.0.1", "kling-v9", `{"final_unit_deduction":4}`, "0.014 USD", fault.ChargedYes},
		{"a part of a unit", "http://127.0.0.1", "kling-v3", `{"final_unit_deduction":"0.5"}`, "0.00175 USD", fault.ChargedYes},
		{"nothing", "http://127.0.0.1", "kling-v3", `{"final_unit_deduction":"0"}`, "0 USD", fault.ChargedNo},
		{"an empty balance", "http://127.0.0.1", "kling-v3", `{"final_unit_deduction":"0","final_balance_deduction":{}}`, "0 USD", fault.ChargedNo},
		{"no balance", "http://127.0.0.1", "kling-v3", `{"final_unit_deduction":"8","final_balance_deduction":null}`, "0.028 USD", fault.ChargedYes},
		{"balance", "http://127.0.0.1", "kling-v3", `{"final_unit_deduction":"0","final_balance_deduction":{"quota":"1"}}`, "", fault.ChargedUnknown},
		{"not reported", "http://127.0.0.1", "kling-v3", `{}`, "", fault.ChargedUnknown},
		{"empty", "http://127.0.0.1", "kling-v3", `{"final_unit_deduction":""}`, "", fault.ChargedUnknown},
		{"null", "http://127.0.0.1", "kling-v3", `{"final_unit_deduction":null}`, "", fault.ChargedUnknown},
		{"negative", "http://127.0.0.1", "kling-v3", `{"final_unit_deduction":"-8"}`, "", fault.ChargedUnknown},
		{"no number", "http://127.0.0.1", "kling-v3", `{"final_unit_deduction":"NaN"}`, "", fault.ChargedUnknown},
		{"implausible", "http://127.0.0.1", "kling-v3", `{"final_unit_deduction":1e30}`, "", fault.ChargedUnknown},
		{"mainland", mainland, "kling-image-o1", `{"final_unit_deduction":"16"}`, "0.4 CNY", fault.ChargedYes},
		{"mainland without a price", mainland, "kling-v3", `{"final_unit_deduction":"16"}`, "", fault.ChargedYes},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var j job
			if err := json.Unmarshal([]byte(c.job), &j); err != nil {
				t.Fatal(err)
			}
			got := ""
			if m := j.cost(provider.Call{Model: c.model, Account: provider.Account{BaseURL: c.base}, Prices: route().Prices}, 2); m != nil {
				got = m.String()
			}
			if got != c.cost || j.charged() != c.charged {
				t.Errorf("cost %q, charged %s; want %q, %s", got, j.charged(), c.cost, c.charged)
			}
		})
	}
}
