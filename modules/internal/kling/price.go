package kling

import (
	"encoding/json"
	"strconv"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// unitPrice is the list price of one image unit, in USD.
const unitPrice = 0.0035

// MainlandImage is the unit of CNY prices, those of mainland accounts.
const MainlandImage = "image of a mainland account"

// Units is the price of an image that takes n image units. What lists may go by
// is the "resolution" asked for and the number of "input images".
func Units(n float64, match map[string]string) provider.Price {
	return provider.Price{Unit: "image", Micros: provider.USD(n * unitPrice).Micros, Match: match}
}

// deduction is what the vendor says it took for a job that ended.
type deduction struct {
	Units   json.RawMessage `json:"final_unit_deduction,omitempty"`    // image units, as a number or as text
	Balance json.RawMessage `json:"final_balance_deduction,omitempty"` // money, in a form and currency that no page tells
}

// units is how many units were taken. Unknown where the vendor does not say, took
// money besides, or names a number that cannot be meant.
func (d deduction) units() (n float64, known bool) {
	n, err := strconv.ParseFloat(plain(d.Units), 64)
	return n, err == nil && n >= 0 && n < 1e6 && strings.Trim(plain(d.Balance), "{}") == ""
}

// cost is what a finished job cost: the deducted units at the list price of a
// unit, or the CNY list of a mainland account. Nil where that is not known.
func (d deduction) cost(c provider.Call, images int) *provider.Money {
	if mainland(c.Account.BaseURL) {
		return c.Cost(c.Model, nil, provider.Quantity{Unit: MainlandImage, N: int64(images)})
	}
	if n, known := d.units(); known {
		return provider.USD(n * unitPrice)
	}
	return nil
}

// mainland says whether an account pays in CNY.
func mainland(baseURL string) bool {
	return strings.HasPrefix(baseURL, "https://api-beijing.klingai.com")
}

// charged is whether a failed job was paid for. No page gives a rule, but the
// vendor tells what it deducted.
func (d deduction) charged() fault.Charge {
	switch n, known := d.units(); {
	case !known:
		return fault.ChargedUnknown
	case n > 0:
		return fault.ChargedYes
	}
	return fault.ChargedNo
}
