package provider

import (
	"maps"
	"slices"
	"strings"
)

// Price is one line of a vendor's price list, as data. A request costs the sum
// of its quantities, each by the first price of its unit that matches.
type Price struct {
	Unit     string            // what is counted, in the singular: "image", "second", "further megapixel", "output token"
	Micros   int64             // millionths of Currency for Per units
	Per      int64             // how many units Micros buys; 1 if zero. Token prices are per million
	Currency string            // ISO 4217, or a host's own unit
	Match    map[string]string // what a request must be for this price: "quality": "high". Empty: any
	Source   string            // where the price was read
	Date     string            // when, "2026-11"
}

// Quantity is how much of a unit a request asks for.
type Quantity struct {
	Unit string
	N    int64
}

// Cost is what quantities come to by a list: nil where a unit has no price for
// such a request, where the currencies differ, or where there is no list. facts
// are what the request is, by the names that the list's Match uses.
func Cost(list []Price, facts map[string]string, quantities ...Quantity) *Money {
	var sum *Money
	for _, q := range quantities {
		if q.N == 0 {
			continue
		}
		p := find(list, q.Unit, facts)
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

func find(list []Price, unit string, facts map[string]string) *Price {
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

// String writes the price for people: "0.053 USD/image (quality high, size 1024x1024)".
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

// When writes what the price is for: "quality high, size 1024x1024"; empty for any request.
func (p Price) When() string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(p.Match)) {
		parts = append(parts, k+" "+p.Match[k])
	}
	return strings.Join(parts, ", ")
}

// ListPrice is a price as callers see it: a decimal number and its currency.
type ListPrice struct {
	Amount   float64           `json:"amount" doc:"decimal, for per units"`
	Currency string            `json:"currency" doc:"ISO 4217, or a host's own unit"`
	Unit     string            `json:"unit" doc:"what is counted: image, second, megapixel, output token …"`
	Per      int64             `json:"per" doc:"how many units the amount buys"`
	Match    map[string]string `json:"match,omitempty" doc:"what a request must be for this price"`
	Source   string            `json:"source,omitempty" doc:"where the price was read"`
	Date     string            `json:"date,omitempty" doc:"when it was read"`
}

// ListPrices shows a list to callers.
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

// Price is the price that is shown.
func (l ListPrice) Price() Price {
	return Price{
		Micros: NewMoney(l.Amount, "").Micros, Currency: l.Currency, Unit: l.Unit, Per: l.Per,
		Match: l.Match, Source: l.Source, Date: l.Date,
	}
}

// List fills in what all prices of one list share.
func List(currency, source, date string, prices ...Price) []Price {
	for i := range prices {
		prices[i].Currency, prices[i].Source, prices[i].Date = currency, source, date
	}
	return prices
}
