package bfl

import (
	"fmt"
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// plan is the number of results, the quote and the warnings of an input.
func plan(in Input, t module.Target, can capabilities) module.Plan {
	req, warnings := in.request(t.Model, can)
	p := module.Plan{Count: max(1, in.N), Warnings: warnings}
	if one := quote(t, req, len(in.sentImages(can))); one != nil {
		p.Quote = one.Times(int64(p.Count))
	}
	return p
}

// check reports the faults that the schema cannot express.
func check(in Input, model string, can capabilities) []module.FieldError {
	var faults []module.FieldError
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	if strings.TrimSpace(in.Prompt) == "" {
		bad("prompt", "must not be empty")
	}
	switch {
	case in.Width == 0 && in.Height != 0:
		bad("width", "width and height must be set together")
	case in.Height == 0 && in.Width != 0:
		bad("height", "width and height must be set together")
	case can.Step > 0 && in.Width > 0:
		side := provider.SizeRule{Step: can.Step, MinSide: can.MinSide, MaxSide: can.MaxSide}
		if m := side.Check(in.Width, in.Width); m != "" {
			bad("width", "%s: %s", model, m)
		}
		if m := side.Check(in.Height, in.Height); m != "" {
			bad("height", "%s: %s", model, m)
		}
		if can.MaxArea > 0 && in.Width*in.Height > can.MaxArea {
			bad("width", "%s makes at most 4 megapixels", model)
		}
	}
	if in.ImagePrompt != "" && !can.ImagePrompt {
		faults = append(faults, module.RefuseImage("image_prompt", model))
	}
	switch n := len(in.inputs()); {
	case n == 0:
	case can.Inputs > 0 && n > can.Inputs:
		bad("input_images", "%s supports at most %d input images", model, can.Inputs)
	case can.Inputs > 0:
	case !can.ImagePrompt:
		faults = append(faults, module.RefuseImages(Input{InputImage: in.InputImage, InputImages: in.InputImages}, model)...)
	case n > 1 || in.ImagePrompt != "":
		bad("input_images", "%s supports one image, image_prompt included", model)
	}
	return faults
}
