package zhipu

import (
	"net/url"
	"strings"

	"aigc/app/provider"
)

// The vendor's sites. Each has its own accounts and price list.
const bigModel, zAI = "BigModel", "Z.ai"

// PerImageAtZAI is the price of an image at Z.ai in US dollars. The prices of
// BigModel are not confirmed, except that cogview-3-flash is free.
func PerImageAtZAI(usd float64) []provider.Price {
	return provider.List("USD", "docs.z.ai price page", "2026-05", perImage(zAI, usd))
}

// FreeAtBigModel is the price list of a free model.
func FreeAtBigModel() []provider.Price {
	return provider.List("CNY", "docs.bigmodel.cn", "2026-11", perImage(bigModel, 0))
}

func perImage(site string, amount float64) provider.Price {
	return provider.Price{Unit: "image", Micros: provider.NewMoney(amount, "").Micros, Match: map[string]string{"site": site}}
}

// priceFacts is what the prices match on.
func priceFacts(baseURL string) map[string]string {
	return map[string]string{"site": siteOf(baseURL)}
}

func images(n int) provider.Quantity { return provider.Quantity{Unit: "image", N: int64(n)} }

// siteOf is the site of a base URL; empty for another host, whose prices are not
// known.
func siteOf(baseURL string) string {
	u, err := url.Parse(strings.ToLower(baseURL))
	switch {
	case err != nil:
	case strings.HasSuffix(u.Hostname(), ".z.ai"):
		return zAI
	case strings.HasSuffix(u.Hostname(), ".bigmodel.cn"):
		return bigModel
	}
	return ""
}
