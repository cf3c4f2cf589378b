package fashn

import (
	"encoding/json"
	"net/http"
	"strconv"

	"aigc/app/provider"
)

// creditPrice is the list price of one credit, in USD.
const creditPrice = 0.075

// Credits is the price of an image that costs n credits. match may name the
// "resolution" and the "generation_mode".
func Credits(n float64, match map[string]string) []provider.Price {
	return provider.List("USD", "price of a credit, by secondary sources", "2026-08",
		provider.Price{Unit: "image", Micros: provider.USD(n * creditPrice).Micros, Match: match})
}

// creditsUsed is what the vendor reports to have charged for a finished run. It is not
// known if the header is missing or implausible.
func creditsUsed(h http.Header) (n float64, known bool) {
	n, err := strconv.ParseFloat(h.Get("X-Fashn-Credits-Used"), 64)
	return n, err == nil && n >= 0 && n < 1e6
}

// reportedCost is the cost that the vendor reports; nil if it does not.
func reportedCost(h http.Header) *provider.Money {
	if n, known := creditsUsed(h); known {
		return provider.USD(n * creditPrice)
	}
	return nil
}

// setCost sets the usage and the cost that the vendor reports.
func setCost(a *provider.Answer, h http.Header) {
	if n, known := creditsUsed(h); known {
		a.Usage, _ = json.Marshal(map[string]float64{"credits_used": n}) // a finite number
		a.Cost = reportedCost(h)
	}
}
