package gpt

import (
	"slices"

	"aigc/app/module"
	"aigc/modules/internal/openai"
)

var models = []module.Model{
	{ID: "gpt-image-2", Title: "GPT Image 2", Aliases: []string{"gpt-image-2-2026-04-21"}, Prices: tokens},
	{ID: "gpt-image-2.6-sunburst", Title: "GPT Image 2.6 Sunburst", Doc: "newest; also SVG and animated GIF", Prices: tokens},
	{ID: "gpt-image-2.6-flare", Title: "GPT Image 2.6 Flare", Doc: "newest, faster", Prices: tokens},
	{ID: "gpt-image-2.5-sunburst", Title: "GPT Image 2.5 Sunburst", Aliases: []string{"gpt-image-2.5-sunburst-2026-09-08"}, Prices: prices25},
	{ID: "gpt-image-2.5-flare", Title: "GPT Image 2.5 Flare", Doc: "faster", Aliases: []string{"gpt-image-2.5-flare-2026-09-08"}, Prices: prices25},
	{ID: "gpt-image-1.5", Title: "GPT Image 1.5", Retired: "2026-12-01", Aliases: []string{"gpt-image-1.5-2025-12-16"}, Prices: prices15},
	{ID: "gpt-image-1-mini", Title: "GPT Image 1 Mini", Retired: "2026-12-01"},
	{ID: "chatgpt-image-latest", Title: "ChatGPT Image", Retired: "2026-12-01"},
	{ID: "gpt-image-1", Title: "GPT Image 1", Retired: "2026-10-23"},
	{ID: "dall-e-3", Title: "DALL-E 3", Retired: "2026-05-12"},
	{ID: "dall-e-2", Title: "DALL-E 2", Retired: "2026-05-12"},
}

// List prices in US dollars (OpenAI, November 2026).
var (
	tokens = []module.Price{{Per: "million output tokens", USD: 30}, {Per: "million text tokens in", USD: 5}, {Per: "million picture tokens in", USD: 8}}

	prices25 = append([]module.Price{
		{Per: "image", USD: 0.006, When: "low, 1024x1024"}, {Per: "image", USD: 0.013, When: "medium, 1024x1024"},
		{Per: "image", USD: 0.053, When: "high, 1024x1024"}, {Per: "image", USD: 0.094, When: "xhigh, 1024x1024"},
		{Per: "image", USD: 0.211, When: "max, 1024x1024"},
	}, tokens...)

	prices15 = []module.Price{
		{Per: "image", USD: 0.009, When: "low, 1024x1024"}, {Per: "image", USD: 0.034, When: "medium, 1024x1024"},
		{Per: "image", USD: 0.133, When: "high, 1024x1024"},
	}
)

// quote is the list price of one picture; 0 where the list has none for that
// size and quality.
func quote(body openai.Generation) float64 {
	for _, m := range models {
		if m.ID != body.Model && !slices.Contains(m.Aliases, body.Model) {
			continue
		}
		for _, p := range m.Prices {
			if p.When == body.Quality+", "+body.Size && (body.OutputFormat == "png" || body.OutputFormat == "jpeg" || body.OutputFormat == "webp") {
				return p.USD
			}
		}
	}
	return 0
}
