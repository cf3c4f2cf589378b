package openai

import (
	"fmt"

	"aigc/app/module"
	"aigc/app/provider"
)

// Plan implements [module.Planner].
func (Generator) Plan(in GenerateInput, t module.Target) module.Plan {
	r, warnings := in.request(t.Model)
	p := module.Plan{Count: max(1, in.N), Warnings: warnings}
	p.Quote = t.Cost(r.priceFacts(), provider.Quantity{Unit: "image", N: int64(p.Count)})
	return p
}

// Plan implements [module.Planner]. There is no quote: the list prices per image
// cover the output alone, and input images may cost as much.
func (Editor) Plan(in EditInput, t module.Target) module.Plan {
	_, warnings := in.request(t.Model)
	return module.Plan{Count: max(1, in.N), Warnings: warnings}
}

// Check implements [module.Checker].
func (Generator) Check(in GenerateInput, t module.Target) []module.FieldError {
	return in.check(t.Model)
}

// Check implements [module.Checker].
func (Editor) Check(in EditInput, t module.Target) []module.FieldError {
	faults := in.check(t.Model)
	if len(in.images()) > maxImages {
		faults = append(faults, module.FieldError{Field: "images", Message: fmt.Sprintf("at most %d images, image included", maxImages)})
	}
	return faults
}

// maxImages is the most images of an edit.
const maxImages = 16

// check reports the faults that the schema cannot express. Sizes of unknown models
// are left to the vendor.
func (o Options) check(model string) []module.FieldError {
	var faults []module.FieldError
	bad := func(field, message string) {
		faults = append(faults, module.FieldError{Field: field, Message: message})
	}
	gen := generationOf(model)
	format := o.format(gen)
	if w, h, ok := provider.ParseSize(o.Size); ok && gen >= gen2 && gen < genNext && !o.legacySize(format) {
		m := sizeRule.Check(w, h)
		if format == "gif" {
			m = checkFrames(w, h, o.GIF.frames())
		}
		if m != "" {
			bad("size", m)
		}
	}
	if o.Background == "transparent" && format != "png" && format != "webp" {
		bad("background", "transparent needs output_format png or webp")
	}
	return faults
}
