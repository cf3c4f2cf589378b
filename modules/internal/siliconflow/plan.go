package siliconflow

import (
	"fmt"
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Plan implements [module.Planner].
func (Driver) Plan(in Input, t module.Target) module.Plan {
	can := capabilitiesOf(t.Model)
	_, warnings := in.request(t.Model, can)
	if site := siteOf(t.BaseURL); site != "" && can.Site != "" && site != can.Site {
		warnings = append(warnings, fmt.Sprintf("%s may not be served: it is documented for api.siliconflow.%s, and the key belongs to api.siliconflow.%s.", t.Model, can.Site, site))
	}
	count := max(1, in.N)
	return module.Plan{
		Count: count, PerRequest: can.Batch, Warnings: warnings,
		Quote: t.Cost(nil, provider.Quantity{Unit: "image", N: int64(count)}),
	}
}

// siteOf is the site of an official base URL, "cn" or "com"; empty for a gateway.
func siteOf(baseURL string) string {
	for _, site := range []string{"cn", "com"} {
		if strings.HasPrefix(baseURL, "https://api.siliconflow."+site+"/") {
			return site
		}
	}
	return ""
}

// Check implements [module.Checker].
func (Driver) Check(in Input, t module.Target) []module.FieldError {
	can := capabilitiesOf(t.Model)
	var faults []module.FieldError
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	if strings.TrimSpace(in.Prompt) == "" {
		bad("prompt", "must not be empty")
	}
	switch n := len(in.inputs()); {
	case n == 0 && (can.Required || in.Mode == imageToImage):
		bad("image", "an input image is required")
	case can.Inputs == 0:
		faults = append(faults, module.RefuseImages(in, t.Model)...)
	case n > can.Inputs:
		bad("images", "%s supports at most %d input images in all", t.Model, can.Inputs)
	}
	return faults
}

// The values of mode, a field of the replaced service.
const textToImage, imageToImage = "text2img", "img2img"
