package provider

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Money is an amount with its currency; never a guess. It is counted in
// integer millionths, so that sums are exact.
type Money struct {
	Micros   int64  `json:"micros"`   // millionths of the currency's unit
	Currency string `json:"currency"` // ISO 4217, or a host's own unit such as evolink_credits
}

// MicrosPerUnit is how many micros make one unit of a currency.
const MicrosPerUnit = 1_000_000

// NewMoney rounds a decimal amount, as vendors write it, to micros.
func NewMoney(amount float64, currency string) *Money {
	return &Money{Micros: int64(math.Round(amount * MicrosPerUnit)), Currency: currency}
}

// USD is an amount in US dollars.
func USD(amount float64) *Money { return NewMoney(amount, "USD") }

// Amount is the decimal number for JSON and people.
func (m Money) Amount() float64 { return float64(m.Micros) / MicrosPerUnit }

// String writes the amount with its currency: "0.053 USD".
func (m Money) String() string { return decimal(m.Micros, 1) + " " + m.Currency }

// Times is n times the money.
func (m Money) Times(n int64) *Money { return &Money{Micros: m.Micros * n, Currency: m.Currency} }

// Share is the i-th of n parts that together are exactly the whole.
func (m Money) Share(i, n int64) *Money {
	return &Money{Micros: m.Micros*(i+1)/n - m.Micros*i/n, Currency: m.Currency}
}

// Part is got n-ths of the money, rounded to the nearest micro.
func (m Money) Part(got, n int64) *Money {
	return &Money{Micros: (m.Micros*got + n/2) / n, Currency: m.Currency}
}

// Add is the sum; nil where the currencies differ or either is unknown.
func Add(a, b *Money) *Money {
	if a == nil || b == nil || a.Currency != b.Currency {
		return nil
	}
	return &Money{Micros: a.Micros + b.Micros, Currency: a.Currency}
}

// UnmarshalJSON also reads the decimal "amount" of rows and journals that
// were written before money was counted in micros.
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
