package provider

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Money is an amount in a currency. It is counted in integer millionths, so that sums
// are exact.
type Money struct {
	Micros   int64  `json:"micros"`   // millionths of the currency's unit
	Currency string `json:"currency"` // ISO 4217, or a vendor's own unit, such as credits
}

// MicrosPerUnit is the number of micros in one unit of a currency.
const MicrosPerUnit = 1_000_000

// NewMoney rounds a decimal amount to micros.
func NewMoney(amount float64, currency string) *Money {
	return &Money{Micros: int64(math.Round(amount * MicrosPerUnit)), Currency: currency}
}

// USD is an amount in US dollars.
func USD(amount float64) *Money { return NewMoney(amount, "USD") }

// Amount is the amount as a decimal number, for JSON and people.
func (m Money) Amount() float64 { return float64(m.Micros) / MicrosPerUnit }

// String writes the amount with its currency: "0.053 USD".
func (m Money) String() string { return decimal(m.Micros, 1) + " " + m.Currency }

// Times multiplies the amount by n.
func (m Money) Times(n int64) *Money { return &Money{Micros: m.Micros * n, Currency: m.Currency} }

// Share is the shares from one to another, counted from 0 and without the latter, of n.
// All shares add up to exactly m.
func (m Money) Share(from, to, n int64) *Money {
	return &Money{Micros: m.Micros*to/n - m.Micros*from/n, Currency: m.Currency}
}

// Part is m times got divided by n, rounded to the nearest micro.
func (m Money) Part(got, n int64) *Money {
	return &Money{Micros: (m.Micros*got + n/2) / n, Currency: m.Currency}
}

// Add is the sum; nil if the currencies differ or either amount is nil.
func Add(a, b *Money) *Money {
	if a == nil || b == nil || a.Currency != b.Currency {
		return nil
	}
	return &Money{Micros: a.Micros + b.Micros, Currency: a.Currency}
}

// UnmarshalJSON also reads the decimal "amount" of rows and spool records that earlier
// versions wrote.
func (m *Money) UnmarshalJSON(data []byte) error {
	var w struct {
		Micros   int64    `json:"micros"`
		Amount   *float64 `json:"amount"`
		Currency string   `json:"currency"`
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*m = Money{Micros: w.Micros, Currency: w.Currency}
	if w.Amount != nil {
		m.Micros = NewMoney(*w.Amount, w.Currency).Micros
	}
	return nil
}

// decimal writes micros divided by per without trailing zeros.
func decimal(micros, per int64) string {
	text := strconv.FormatFloat(float64(micros)/float64(per)/MicrosPerUnit, 'f', 9, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}
