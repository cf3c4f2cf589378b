package gpt

import (
	"aigc/app/module"
	"aigc/modules/internal/openai"
)

// Models are OpenAI's image models, the default first.
var Models = []module.Model{
	{ID: "gpt-image-2", Title: "GPT Image 2", Aliases: []string{"gpt-image-2-2026-04-21"}, Prices: openai.Tokens},
	{ID: "gpt-image-2.6-sunburst", Title: "GPT Image 2.6 Sunburst", Doc: "newest; also SVG and animated GIF", Prices: openai.Tokens},
	{ID: "gpt-image-2.6-flare", Title: "GPT Image 2.6 Flare", Doc: "newest, faster", Prices: openai.Tokens},
	{ID: "gpt-image-2.5-sunburst", Title: "GPT Image 2.5 Sunburst", Aliases: []string{"gpt-image-2.5-sunburst-2026-09-08"}, Prices: openai.Prices25},
	{ID: "gpt-image-2.5-flare", Title: "GPT Image 2.5 Flare", Doc: "faster", Aliases: []string{"gpt-image-2.5-flare-2026-09-08"}, Prices: openai.Prices25},
	{ID: "gpt-image-1.5", Title: "GPT Image 1.5", Retired: "2026-12-01", Aliases: []string{"gpt-image-1.5-2025-12-16"}, Prices: openai.Prices15},
	{ID: "gpt-image-1-mini", Title: "GPT Image 1 Mini", Retired: "2026-12-01"},
	{ID: "chatgpt-image-latest", Title: "ChatGPT Image", Retired: "2026-12-01"},
	{ID: "gpt-image-1", Title: "GPT Image 1", Retired: "2026-10-23"},
	{ID: "dall-e-3", Title: "DALL-E 3", Retired: "2026-05-12"},
	{ID: "dall-e-2", Title: "DALL-E 2", Retired: "2026-05-12"},
}

// AzureModels are the models that Azure OpenAI may have deployments of.
var AzureModels = module.WithoutPrices(Models)
