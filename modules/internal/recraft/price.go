package recraft

import (
	"maps"

	"aigc/app/module"
	"aigc/app/provider"
)

// textPrices are the prices of an image from text, in US dollars. The list has none for
// the utility and the styles models.
var textPrices = map[string]float64{
	"recraftv4_1": 0.035, "recraftv4_1_vector": 0.08, "recraftv4_1_pro": 0.21, "recraftv4_1_pro_vector": 0.30, "recraftv4_1_flash": 0.007,
	"recraftv4": 0.04, "recraftv4_vector": 0.08, "recraftv4_pro": 0.25, "recraftv4_pro_vector": 0.30,
	"recraftv3": 0.04, "recraftv3_vector": 0.08,
	"recraftv2": 0.022, "recraftv2_vector": 0.044,
}

// Prices of an image from an image, whatever the model.
const editPrice, vectorEditPrice float64 = 0.04, 0.08

// NewModel makes a row of a module's model table, with the vendor's list prices. A raster
// model of V2 or V3 has those of its vector sibling, too, which replaces it for a vector
// style.
func NewModel(id, title, doc string, aliases ...string) module.Model {
	m := module.Model{ID: id, Title: title, Doc: doc, Aliases: aliases}
	can := capabilitiesOf(id)
	if !can.Vector {
		m.Aliases = append(m.Aliases, id+"_raster")
		if can.Generation < v4 {
			m.Prices = prices(id+vectorSuffix, map[string]string{"output": "vector"})
		}
	}
	m.Prices = provider.List("USD", "recraft.ai/docs/api-reference/pricing", "2026-11", append(m.Prices, prices(id, nil)...)...)
	return m
}

// prices are the prices of a model, for requests that match.
func prices(id string, match map[string]string) (list []provider.Price) {
	can, text, edit := capabilitiesOf(id), textPrices[id], editPrice
	if can.Vector {
		edit = vectorEditPrice
	}
	if !can.Flash && !can.Styles && edit != text {
		ofImage := map[string]string{"input": "image"}
		maps.Copy(ofImage, match)
		list = append(list, provider.Price{Unit: "image", Micros: provider.USD(edit).Micros, Match: ofImage})
	}
	if text > 0 {
		list = append(list, provider.Price{Unit: "image", Micros: provider.USD(text).Micros, Match: match})
	}
	return list
}

// priceFacts is what the lists' prices match on. The list has no price of a custom
// style of V4, nor of upscale: then ok is false.
func (r request) priceFacts() (facts map[string]string, ok bool) {
	can := capabilitiesOf(r.Model)
	if can.Styles || r.Upscale != "" {
		return nil, false
	}
	facts = map[string]string{"input": "text", "output": "raster"}
	if r.path != generations {
		facts["input"] = "image"
	}
	if can.Vector {
		facts["output"] = "vector"
	}
	return facts, true
}
