package hailuo

import (
	"aigc/app/module"
	"aigc/modules/internal/minimax"
)

// Models are MiniMax's image models, the default first.
var Models = []module.Model{
	{ID: "image-01", Title: "MiniMax image-01", Doc: "fast and cheap; keeps a person's face", Aliases: []string{"hailuo"}, Prices: minimax.PerImage(0.0035)},
	{ID: "image-01-live", Title: "MiniMax image-01-live", Doc: "four drawn styles"},
	{ID: "MiniMax-H3-Image", Title: "MiniMax H3 Image", Doc: "edits and combines up to 16 images, up to 4K", Prices: minimax.PerToken(1)},
	{ID: "MiniMax-H3-Image-Highspeed", Title: "MiniMax H3 Image Highspeed", Doc: "as H3 Image, faster", Prices: minimax.PerToken(2)},
}
