package ark

import (
	"fmt"
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Plan implements [module.Planner].
func (Driver) Plan(in Input, target module.Target) module.Plan {
	req, warnings := in.wire(target.Model)
	p := module.Plan{Pictures: max(1, in.N), Warnings: warnings}
	if one := in.quote(TraitsOf(target.Model), req); one != nil {
		p.Quote = one.Times(int64(p.Pictures))
	}
	return p
}

// quote is the list price of one request, of a series the most it can come to;
// nil where none is known. No list says what a layer costs.
func (in Input) quote(t Traits, req request) *provider.Money {
	if req.Layers {
		return nil
	}
	images, inputs := 1, len(in.sent(t))
	if req.Sequential == "auto" {
		images = series - inputs
		if o := req.SequentialOpts; o != nil && o.MaxImages > 0 {
			images = o.MaxImages
		}
	}
	return provider.Cost(t.Prices, facts(req.Size), quantities(max(1, images), inputs)...)
}

// series is how many pictures a series and what it works from may be together.
const series = 15

// oldSize is a size that the replaced service took and that some models of
// today do not draw.
const oldSize = "1024x1024"

// Check implements [module.Checker].
func (Driver) Check(in Input, target module.Target) []module.Fault {
	model := target.Model
	var faults []module.Fault
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.Fault{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	t := TraitsOf(model)
	n := len(in.sent(t))
	if strings.TrimSpace(in.Prompt) == "" {
		bad("prompt", "must not be empty")
	}
	switch {
	case t.Required && n == 0:
		bad("image", "a picture to edit is required")
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
			bad("layer_decomposition", "needs exactly one input picture")
		}
		if in.background() != "" {
			bad("background", "does not go with layer_decomposition")
		}
	}
	if o := in.SequentialOpts; t.Sequential && in.Sequential == "auto" && o != nil && n+o.MaxImages > series {
		bad("sequential_image_generation_options", "input pictures and results may be %d together", series)
	}
	return faults
}

// background is the one asked for; auto is what every model does by itself.
func (in Input) background() string {
	if in.Background == "auto" {
		return ""
	}
	return in.Background
}
