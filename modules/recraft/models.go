package recraft

import (
	"aigc/app/module"
	"aigc/modules/internal/recraft"
)

// Models are Recraft's models but V3, the default first. The prices are for quotes only:
// the vendor's answer contains the units spent.
var Models = []module.Model{
	recraft.NewModel("recraftv4_1", "Recraft V4.1", "", "recraft"),
	recraft.NewModel("recraftv4_1_vector", "Recraft V4.1 vector", "SVG"),
	recraft.NewModel("recraftv4_1_pro", "Recraft V4.1 Pro", "about 2048 pixels a side"),
	recraft.NewModel("recraftv4_1_pro_vector", "Recraft V4.1 Pro vector", "SVG, more detail"),
	recraft.NewModel("recraftv4_1_utility", "Recraft V4.1 Utility", "plainer, more literal"),
	recraft.NewModel("recraftv4_1_utility_vector", "Recraft V4.1 Utility vector", "SVG, plainer, more literal"),
	recraft.NewModel("recraftv4_1_utility_pro", "Recraft V4.1 Utility Pro", "plainer, more literal, about 2048 pixels a side"),
	recraft.NewModel("recraftv4_1_utility_pro_vector", "Recraft V4.1 Utility Pro vector", "SVG, plainer, more literal, more detail"),
	recraft.NewModel("recraftv4_1_flash", "Recraft V4.1 Flash", "cheapest; from text only"),
	recraft.NewModel("recraftv4", "Recraft V4", ""),
	recraft.NewModel("recraftv4_vector", "Recraft V4 vector", "SVG"),
	recraft.NewModel("recraftv4_pro", "Recraft V4 Pro", "about 2048 pixels a side"),
	recraft.NewModel("recraftv4_pro_vector", "Recraft V4 Pro vector", "SVG, more detail"),
	recraft.NewModel("recraftv4_styles", "Recraft V4 Styles", "needs style_id or style_references"),
	recraft.NewModel("recraftv4_styles_vector", "Recraft V4 Styles vector", "SVG; needs style_id or style_references"),
	recraft.NewModel("recraftv4_styles_pro", "Recraft V4 Styles Pro", "needs style_id or style_references"),
	recraft.NewModel("recraftv4_styles_pro_vector", "Recraft V4 Styles Pro vector", "SVG; needs style_id or style_references"),
	recraft.NewModel("recraftv2", "Recraft V2", "styles; cheap"),
	recraft.NewModel("recraftv2_vector", "Recraft V2 vector", "SVG illustrations and icons"),
}
