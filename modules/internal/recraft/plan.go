package recraft

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"aigc/app/module"
	"aigc/app/provider"
)

// Plan implements [module.Planner].
func (Generator) Plan(in Input, t module.Target) module.Plan {
	r, warnings := in.request(t.Model)
	p := module.Plan{Count: r.N, Warnings: warnings}
	if facts, ok := r.priceFacts(); ok {
		p.Quote = t.Cost(facts, provider.Quantity{Unit: "image", N: int64(r.N)})
	}
	return p
}

// Check implements [module.Checker].
func (Generator) Check(in Input, t module.Target) []module.FieldError {
	var faults []module.FieldError
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	can := capabilitiesOf(t.Model)
	if can.Generation < v4 && utf8.RuneCountInString(in.Prompt) > maxOldPrompt {
		bad("prompt", "%s supports at most %d characters", t.Model, maxOldPrompt)
	}
	switch {
	case in.Image == "":
	case can.Flash, can.Generation == v2 && in.Mask == "":
		bad("image", "%s does not support it", t.Model)
	case in.Mask == "" && in.Strength == nil:
		bad("strength", "is required with image: 0 keeps the image, 1 ignores it")
	}
	switch {
	case len(in.StyleReferences) == 0:
	case !can.copiesStyles():
		faults = append(faults, module.RefuseImage("style_references", t.Model))
	case in.StyleID != "":
		bad("style_references", "cannot be combined with style_id, which sets the style already")
	}
	if can.Styles && in.StyleID == "" && len(in.StyleReferences) == 0 {
		bad("style_id", "%s needs style_id or style_references", t.Model)
	}
	return faults
}

// maxOldPrompt is the length of a prompt for V2 and V3, in characters.
const maxOldPrompt = 1000

// Check implements [module.InputChecker].
func (in Input) Check() []module.FieldError {
	var faults []module.FieldError
	bad := func(field, message string) {
		faults = append(faults, module.FieldError{Field: field, Message: message})
	}
	if strings.TrimSpace(in.Prompt) == "" {
		bad("prompt", "must not be empty")
	}
	if in.Mask != "" && in.Image == "" {
		bad("image", "is required with mask")
	}
	const wrongColor = "must be 3 numbers from 0 to 255"
	if c := in.Controls; c != nil {
		for i, color := range c.Colors {
			if !color.valid() {
				bad(fmt.Sprintf("controls.colors[%d].rgb", i), wrongColor)
			}
		}
		if c.BackgroundColor != nil && !c.BackgroundColor.valid() {
			bad("controls.background_color.rgb", wrongColor)
		}
	}
	for i, b := range in.TextLayout {
		if !b.valid() {
			bad(fmt.Sprintf("text_layout[%d].bbox", i), "must be 4 points [x, y] between 0 and 1")
		}
	}
	return faults
}

func (c Shade) valid() bool {
	return len(c.RGB) == 3 && min(c.RGB[0], c.RGB[1], c.RGB[2]) >= 0 && max(c.RGB[0], c.RGB[1], c.RGB[2]) <= 255
}

func (b TextBox) valid() bool {
	return !slices.ContainsFunc(b.Box, func(p []float64) bool {
		return len(p) != 2 || min(p[0], p[1]) < 0 || max(p[0], p[1]) > 1
	})
}
