package provider

import (
	"maps"
	"slices"
	"strings"
)

// Price is one line of a vendor's price list. The cost of a request is the sum over its
// quantities, each at the first price of its unit that matches; see [Cost].
type Price struct {
	Unit     string            // what is counted, in the singular: "image", "second", "further megapixel", "output token"
	Micros   int64             // price of Per units, in millionths of Currency
	Per      int64             // number of units that Micros pays for; 0 means 1. Token prices are per million
	Currency string            // ISO 4217, or a vendor's own unit
	Match    map[string]string // properties that a request must have for this price: "quality": "high". Empty: any request
	Source   string            // URL or document of the price
	Date     string            // when it was read: "2026-11"
}

// Quantity is the amount of a unit that a request uses.
type Quantity struct {
	Unit string
	N    int64
}

// Cost is the price of quantities by a price list. facts are the properties of the
// request, under the names that Match uses. It is nil if the list has no price for a
// unit of such a request, or the prices are in different currencies.
//
// Quoted costs come from it by [module.Target.Cost]; actual costs, where the vendor
// reports its usage, by [Call.Cost].
func Cost(list []Price, facts map[string]string, quantities ...Quantity) *Money {
	var sum *Money
	for _, q := range quantities {
		if q.N == 0 {
			continue
		}
		p := findPrice(list, q.Unit, facts)
		if p == nil {
			return nil
		}
		per := max(1, p.Per)
		m := &Money{Micros: (p.Micros*q.N + per/2) / per, Currency: p.Currency}
		if sum == nil {
			sum = m
		} else if sum = Add(sum, m); sum == nil {
			return nil
		}
	}
	return sum
}

// findPrice is the first price of a unit that matches; nil if there is none.
func findPrice(list []Price, unit string, facts map[string]string) *Price {
	for i, p := range list {
		if p.Unit == unit && p.matches(facts) {
			return &list[i]
		}
	}
	return nil
}

func (p Price) matches(facts map[string]string) bool {
	for k, v := range p.Match {
		if facts[k] != v {
			return false
		}
	}
	return true
}

// String is the price for people: "0.053 USD/image (quality high, size 1024x1024)".
func (p Price) String() string {
	text := decimal(p.Micros, 1) + " " + p.Currency + "/"
	switch per := max(1, p.Per); per {
	case 1:
	case 1_000_000:
		text += "million "
	default:
		text += decimal(per*MicrosPerUnit, 1) + " "
	}
	text += p.Unit
	if p.Per > 1 {
		text += "s"
	}
	if when := p.When(); when != "" {
		text += " (" + when + ")"
	}
	return text
}

// When is the condition of the price for people: "quality high, size 1024x1024"; empty
// for any request.
func (p Price) When() string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(p.Match)) {
		parts = append(parts, k+" "+p.Match[k])
	}
	return strings.Join(parts, ", ")
}

// ListPrice is a [Price] as callers see it, with a decimal amount.
type ListPrice struct {
	Amount   float64           `json:"amount" doc:"decimal, for per units"`
	Currency string            `json:"currency" doc:"ISO 4217, or a host's own unit"`
	Unit     string            `json:"unit" doc:"what is counted: image, second, megapixel, output token …"`
	Per      int64             `json:"per" doc:"how many units the amount buys"`
	Match    map[string]string `json:"match,omitempty" doc:"what a request must be for this price"`
	Source   string            `json:"source,omitempty" doc:"where the price was read"`
	Date     string            `json:"date,omitempty" doc:"when it was read"`
}

// ListPrices converts a price list for callers.
func ListPrices(list []Price) []ListPrice {
	out := make([]ListPrice, len(list))
	for i, p := range list {
		out[i] = ListPrice{
			Amount: Money{Micros: p.Micros}.Amount(), Currency: p.Currency, Unit: p.Unit, Per: max(1, p.Per),
			Match: p.Match, Source: p.Source, Date: p.Date,
		}
	}
	return out
}

// Price converts back.
func (l ListPrice) Price() Price {
	return Price{
		Micros: NewMoney(l.Amount, "").Micros, Currency: l.Currency, Unit: l.Unit, Per: l.Per,
		Match: l.Match, Source: l.Source, Date: l.Date,
	}
}

// List sets the currency, the source and the date of all prices of one list.
func List(currency, source, date string, prices ...Price) []Price {
	for i := range prices {
		prices[i].Currency, prices[i].Source, prices[i].Date = currency, source, date
	}
	return prices
}
