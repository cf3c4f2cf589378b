package ark

import (
	"fmt"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// Plan implements [module.Planner].
func (Driver[In]) Plan(source In, target module.Target) module.Plan {
	in := source.Request()
	req, warnings := newRequest(in, target.Model)
	p := module.Plan{Count: max(1, in.N), Warnings: warnings}
	if one := CapabilitiesOf(target.Model).quote(in, req); one != nil {
		p.Quote = one.Times(int64(p.Count))
	}
	return p
}

// quote is the list price of one request, for a series the maximum; nil where no
// price is known, as for layers.
func (t Capabilities) quote(in seedream.Request, req request) *provider.Money {
	if req.Layers {
		return nil
	}
	images, inputs := 1, len(t.sentImages(in))
	if req.Sequential == "auto" {
		images = maxSeries - inputs
		if o := req.SequentialOpts; o != nil && o.MaxImages > 0 {
			images = o.MaxImages
		}
	}
	return provider.Cost(t.Prices, priceFacts(req.Size), billedQuantities(max(1, images), inputs)...)
}

// maxSeries is the maximum number of images of a series, input images included.
const maxSeries = 15

// legacySize is a size that the replaced service accepted. Models that do not
// support it get the nearest size.
const legacySize = "1024x1024"

// Check implements [module.Checker].
func (Driver[In]) Check(source In, target module.Target) []module.FieldError {
	in := source.Request()
	faults := check(in, target.Model)
	if !in.Edit && CapabilitiesOf(target.Model).MaxInputs == 0 {
		faults = append(faults, module.RefuseImages(source, target.Model)...)
	}
	return faults
}

func check(in seedream.Request, model string) []module.FieldError {
	var faults []module.FieldError
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	t := CapabilitiesOf(model)
	n := len(t.sentImages(in))
	switch {
	case t.Required && n == 0 && !in.Edit:
		bad("image", "an image to edit is required")
	case in.Edit && t.MaxInputs == 0:
		bad("model", "%s does not support input images", model)
	case n > t.MaxInputs:
		bad("images", "%s supports at most %d input images, image included", model, t.MaxInputs)
	}
	if w, h, ok := parseSize(in.Size); ok && !t.Adaptive && in.Size != legacySize {
		if m := t.checkSize(w, h); m != "" {
			bad("size", "%s", m)
		}
	}
	if t.Layered && in.Layers {
		if n != 1 {
			bad("layer_decomposition", "needs exactly one input image")
		}
		if background(in) != "" {
			bad("background", "cannot be combined with layer_decomposition")
		}
	}
	if o := in.SequentialOpts; t.Sequential && in.Sequential == "auto" && o != nil && n+o.MaxImages > maxSeries {
		bad("sequential_image_generation_options", "max_images and the number of input images may be at most %d together", maxSeries)
	}
	return faults
}

// background is the one asked for; empty for auto, which is every model's default.
func background(in seedream.Request) string {
	if in.Background == "auto" {
		return ""
	}
	return in.Background
}

// sentImages are the input images that are sent; none if the model supports none.
func (t Capabilities) sentImages(in seedream.Request) []provider.ImageRef {
	if t.MaxInputs == 0 {
		return nil
	}
	return in.Inputs
}
