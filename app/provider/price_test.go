package provider_test

import (
	"encoding/json"
	"testing"

	"aigc/app/provider"
)

func TestCost(t *testing.T) {
	t.Parallel()
	list := append(provider.List("USD", "a list", "2026-11",
		provider.Price{Unit: "image", Micros: 53_000, Match: map[string]string{"quality": "high"}},
		provider.Price{Unit: "image", Micros: 6_000, Match: map[string]string{"quality": "low", "size": "1K"}},
		provider.Price{Unit: "token", Micros: 500_000, Per: 1_000_000},
	), provider.Price{Unit: "mask", Micros: 10, Currency: "CNY"})
	for name, c := range map[string]struct {
		facts map[string]string
		what  []provider.Quantity
		want  string // empty: not known
	}{
		"one":                          {map[string]string{"quality": "high", "size": "4K"}, []provider.Quantity{{Unit: "image", N: 1}}, "0.053 USD"},
		"several":                      {map[string]string{"quality": "low", "size": "1K"}, []provider.Quantity{{Unit: "image", N: 10}}, "0.06 USD"},
		"no price for such a request":  {map[string]string{"quality": "low", "size": "4K"}, []provider.Quantity{{Unit: "image", N: 1}}, ""},
		"no price for the unit":        {nil, []provider.Quantity{{Unit: "second", N: 1}}, ""},
		"units add up":                 {map[string]string{"quality": "high"}, []provider.Quantity{{Unit: "image", N: 1}, {Unit: "token", N: 2_000}}, "0.054 USD"},
		"rounded to the micro":         {nil, []provider.Quantity{{Unit: "token", N: 3}}, "0.000002 USD"},
		"none of a unit costs nothing": {map[string]string{"quality": "high"}, []provider.Quantity{{Unit: "image", N: 1}, {Unit: "second", N: 0}}, "0.053 USD"},
		"one unit is not known":        {map[string]string{"quality": "high"}, []provider.Quantity{{Unit: "image", N: 1}, {Unit: "second", N: 1}}, ""},
		"two currencies are no sum":    {map[string]string{"quality": "high"}, []provider.Quantity{{Unit: "image", N: 1}, {Unit: "mask", N: 1}}, ""},
		"nothing was counted":          {nil, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := provider.Cost(list, c.facts, c.what...)
			if got == nil && c.want != "" || got != nil && got.String() != c.want {
				t.Errorf("%v, want %q", got, c.want)
			}
		})
	}
}

func TestPriceForPeople(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]provider.Price{
		"0.053 USD/image (quality high, size 1K)": {Unit: "image", Micros: 53_000, Currency: "USD", Match: map[string]string{"size": "1K", "quality": "high"}},
		"30 USD/million output tokens":            {Unit: "output token", Micros: 30_000_000, Per: 1_000_000, Currency: "USD"},
		"0.2 CNY/second":                          {Unit: "second", Micros: 200_000, Per: 1, Currency: "CNY"},
		"1 USD/100 credits":                       {Unit: "credit", Micros: 1_000_000, Per: 100, Currency: "USD"},
	} {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := provider.ListPrices([]provider.Price{p})[0].Price().String(); got != want {
			t.Errorf("converted and back: %q, want %q", got, want)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	m := provider.USD(0.1)
	sum := int64(0)
	for i := range int64(3) {
		sum += m.Share(i, i+1, 3).Micros
	}
	if sum != m.Micros {
		t.Errorf("three shares are %d micros, want %d", sum, m.Micros)
	}
	if got := provider.Add(m, provider.NewMoney(1, "CNY")); got != nil {
		t.Errorf("a sum of two currencies: %s", got)
	}
	for name, text := range map[string]string{
		"as it is stored":         `{"micros":100000,"currency":"USD"}`,
		"as it was stored before": `{"amount":0.1,"currency":"USD"}`,
		"with a rounding error":   `{"amount":0.10000000000000001,"currency":"USD"}`,
	} {
		var got provider.Money
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != *m {
			t.Errorf("%s: %v %v", name, err, got)
		}
	}
}
