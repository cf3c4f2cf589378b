package siliconflow

import "aigc/app/provider"

// Free is the price list of a model that costs nothing. The prices of the other
// models are not confirmed.
var Free = provider.List("CNY", "siliconflow.cn price list", "2026-11", provider.Price{Unit: "image"})
