package stablediffusion

import (
	"aigc/app/module"
	"aigc/modules/internal/stability"
)

// Models are Stability AI's image models, the default first. The vendor routes the ids of
// Stable Diffusion 3 to 3.5.
var Models = []module.Model{
	{ID: "sd3.5-large", Title: "Stable Diffusion 3.5 Large", Doc: "1 megapixel", Aliases: []string{"sd3-large", "stable-diffusion"}, Prices: stability.Credits(6.5)},
	{ID: "sd3.5-large-turbo", Title: "Stable Diffusion 3.5 Large Turbo", Doc: "faster; no negative prompt", Aliases: []string{"sd3-large-turbo"}, Prices: stability.Credits(4)},
	{ID: "sd3.5-medium", Title: "Stable Diffusion 3.5 Medium", Doc: "cheaper", Aliases: []string{"sd3-medium"}, Prices: stability.Credits(3.5)},
	{ID: "sd3.5-flash", Title: "Stable Diffusion 3.5 Flash", Doc: "cheapest", Prices: stability.Credits(2.5)},
	{ID: "stable-image-ultra", Title: "Stable Image Ultra", Doc: "best quality, 1 megapixel", Prices: stability.Credits(8)},
	{ID: "stable-image-core", Title: "Stable Image Core", Doc: "1.5 megapixels, style presets; no input image", Prices: stability.Credits(3)},
}
