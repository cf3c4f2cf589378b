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

// MainlandImage is the unit of the prices in CNY, for mainland accounts.
const MainlandImage = "image of a mainland account"

// Units is the price of an image that costs n image units. match may name the
// "resolution" and the number of "input images".
func Units(n float64, match map[string]string) provider.Price {
	return provider.Price{Unit: "image", Micros: provider.USD(n * unitPrice).Micros, Match: match}
}

// deduction is what the vendor reports to have deducted for a finished job.
type deduction struct {
	Units   json.RawMessage `json:"final_unit_deduction,omitempty"`    // image units, as a number or as text
	Balance json.RawMessage `json:"final_balance_deduction,omitempty"` // money, in an undocumented form and currency
}

// units is the number of units deducted. It is not known if the vendor does not
// report it, also deducted money, or reports an implausible number.
func (d deduction) units() (n float64, known bool) {
	n, err := strconv.ParseFloat(unquoted(d.Units), 64)
	return n, err == nil && n >= 0 && n < 1e6 && strings.Trim(unquoted(d.Balance), "{}") == ""
}

// cost is the cost of a finished job: the deducted units at the list price of a
// unit, or the CNY list price for a mainland account; nil if not known.
func (d deduction) cost(c provider.Call, images int) *provider.Money {
	if isMainland(c.Account.BaseURL) {
		return c.Cost(c.Model, nil, provider.Quantity{Unit: MainlandImage, N: int64(images)})
	}
	if n, known := d.units(); known {
		return provider.USD(n * unitPrice)
	}
	return nil
}

// isMainland reports whether an account pays in CNY.
func isMainland(baseURL string) bool {
	return strings.HasPrefix(baseURL, "https://api-beijing.klingai.com")
}

// charged reports whether a failed job was charged. There is no documented rule,
// but the vendor reports what it deducted.
func (d deduction) charged() fault.Charge {
	switch n, known := d.units(); {
	case !known:
		return fault.ChargedUnknown
	case n > 0:
		return fault.ChargedYes
	}
	return fault.ChargedNo
}
