package minimax

import (
	"encoding/json"
	"net/url"
	"strings"

	"aigc/app/provider"
)

// PerImage is the price list of a model with one price per image in US dollars. No
// page of the vendor confirms it, so it is good for a quote, never for an actual cost.
func PerImage(usd float64) []provider.Price {
	return provider.List("USD", "unconfirmed", "2026-11", provider.Price{Unit: "image", Micros: provider.USD(usd).Micros})
}

// PerToken is the price list of MiniMax-H3-Image, times factor. It has the discount
// of the launch.
func PerToken(factor int64) []provider.Price {
	million := func(unit string, micros int64) provider.Price {
		return provider.Price{Unit: unit, Micros: micros * factor, Per: 1_000_000}
	}
	return provider.List("USD", "platform.minimax.io/docs/guides/pricing-paygo, launch discount", "2026-11",
		million(textToken, 2_300_000), million(imageToken, 1_500_000), million(outputToken, 3_800_000))
}

// The units of tokens.
const textToken, imageToken, outputToken = "input text token", "input image token", "output image token"

// isMainland reports whether an account belongs to the mainland site, which bills in
// CNY by a list that is not known.
func isMainland(baseURL string) bool {
	u, err := url.Parse(baseURL)
	return err == nil && (strings.HasSuffix(u.Hostname(), ".minimaxi.com") || u.Hostname() == "api.minimax.chat")
}

// usage are the tokens of an answer of H3.
type usage struct {
	Input   int64 `json:"input_tokens"`
	Output  int64 `json:"output_tokens"`
	Total   int64 `json:"total_tokens"`
	Details struct {
		Text  int64 `json:"text_tokens"`
		Image int64 `json:"image_tokens"`
	} `json:"input_tokens_details"`
}

// maxTokens is the number of tokens above which a usage is not plausible.
const maxTokens = 1_000_000_000

// cost is the list price of the tokens in an answer of H3; nil if it is not known. A
// request without input images has text tokens only. With input images the total of
// the input does not tell text from images, so their numbers must be in it, too.
func cost(c provider.Call, reported json.RawMessage, inputs int) *provider.Money {
	var u usage
	_ = provider.Unmarshal(reported, &u) // a field that cannot be read is zero, and the sums differ
	text, image := u.Details.Text, u.Details.Image
	if inputs == 0 {
		text, image = u.Input, 0
	}
	plausible := text > 0 && image >= 0 && u.Output > 0 && text < maxTokens && image < maxTokens && u.Output < maxTokens
	if !plausible || text+image != u.Input || u.Input+u.Output != u.Total || isMainland(c.Account.BaseURL) {
		return nil
	}
	return c.Cost(c.Model, nil, provider.Quantity{Unit: textToken, N: text}, provider.Quantity{Unit: imageToken, N: image}, provider.Quantity{Unit: outputToken, N: u.Output})
}
