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
	req, warnings := wire(in, target.Model)
	p := module.Plan{Count: max(1, in.N), Warnings: warnings}
	if one := CapabilitiesOf(target.Model).quote(in, req); one != nil {
		p.Quote = one.Times(int64(p.Count))
	}
	return p
}

// quote is the list price of one request, of a series the most it can come to;
// nil where none is known. No list says what a layer costs.
func (t Capabilities) quote(in seedream.Request, req request) *provider.Money {
	if req.Layers {
		return nil
	}
	images, inputs := 1, len(t.sent(in))
	if req.Sequential == "auto" {
		images = series - inputs
		if o := req.SequentialOpts; o != nil && o.MaxImages > 0 {
			images = o.MaxImages
		}
	}
	return provider.Cost(t.Prices, facts(req.Size), quantities(max(1, images), inputs)...)
}

// series is how many images a series and its input images may be together.
const series = 15

// oldSize is a size that the replaced service took and that some models of
// today do not draw.
const oldSize = "1024x1024"

// Check implements [module.Checker].
func (Driver[In]) Check(source In, target module.Target) []module.FieldError {
	return check(source.Request(), target.Model)
}

func check(in seedream.Request, model string) []module.FieldError {
	var faults []module.FieldError
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	t := CapabilitiesOf(model)
	n := len(t.sent(in))
	in.Check(bad)
	switch {
	case t.Required && n == 0 && !in.Edit:
		bad("image", "an image to edit is required")
	case in.Edit && t.MaxInputs == 0:
		bad("model", "%s edits no images", model)
	case n > t.MaxInputs:
		bad("images", "%s takes at most %d, image included", model, t.MaxInputs)
	}
	if w, h, ok := parseSize(in.Size); ok && !t.Adaptive && in.Size != oldSize {
		if m := t.sizeFault(w, h); m != "" {
			bad("size", "%s", m)
		}
	}
	if t.Layered && in.Layers {
		if n != 1 {
			bad("layer_decomposition", "needs exactly one input image")
		}
		if background(in) != "" {
			bad("background", "does not go with layer_decomposition")
		}
	}
	if o := in.SequentialOpts; t.Sequential && in.Sequential == "auto" && o != nil && n+o.MaxImages > series {
		bad("sequential_image_generation_options", "input images and results may be %d together", series)
	}
	return faults
}

// background is the one asked for; auto is what every model does by itself.
func background(in seedream.Request) string {
	if in.Background == "auto" {
		return ""
	}
	return in.Background
}

// sent are the images that a model is given: none, where it takes none.
func (t Capabilities) sent(in seedream.Request) []provider.ImageRef {
	if t.MaxInputs == 0 {
		return nil
	}
	return in.Inputs
}
