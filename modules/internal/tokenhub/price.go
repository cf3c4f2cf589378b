package tokenhub

import "aigc/app/provider"

// Preview is the price list of 3.5 preview. The vendor publishes none for 3.0 that is
// confirmed.
var Preview = provider.List("CNY", "unconfirmed: second-hand, of resellers", "2026-11",
	provider.Price{Unit: "image", Micros: 200_000, Match: map[string]string{"size": above2K}},
	provider.Price{Unit: "image", Micros: 150_000})

const above2K = "above 2048x2048 pixels"

// priceFacts are the properties of a request that its price depends on.
func (r request) priceFacts() map[string]string {
	w, h, _ := provider.ParseSize(r.Size)
	if max(w*h, r.MaxPixels) > pixels2K {
		return map[string]string{"size": above2K}
	}
	return nil
}
