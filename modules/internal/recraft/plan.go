package recraft

import (
	"fmt"
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
	switch n := utf8.RuneCountInString(in.Prompt); {
	case strings.TrimSpace(in.Prompt) == "":
		bad("prompt", "must not be empty")
	case can.Generation < v4 && n > maxOldPrompt:
		bad("prompt", "%s supports at most %d characters", t.Model, maxOldPrompt)
	}
	in.checkImages(can, t.Model, bad)
	if can.Styles && in.StyleID == "" && len(in.StyleReferences) == 0 {
		bad("style_id", "%s needs style_id or style_references", t.Model)
	}
	if in.Controls != nil {
		in.Controls.check(bad)
	}
	for i, b := range in.TextLayout {
		for _, p := range b.Box {
			if len(p) != 2 || min(p[0], p[1]) < 0 || max(p[0], p[1]) > 1 {
				bad(fmt.Sprintf("text_layout[%d].bbox", i), "must be 4 points [x, y] between 0 and 1")
				break
			}
		}
	}
	return faults
}

// maxOldPrompt is the length of a prompt for V2 and V3, in characters.
const maxOldPrompt = 1000

func (in Input) checkImages(can capabilities, model string, bad func(field, format string, args ...any)) {
	switch {
	case in.Image == "":
		if in.Mask != "" {
			bad("image", "is required with mask")
		}
	case can.Flash, can.Generation == v2 && in.Mask == "":
		bad("image", "%s does not support it", model)
	case in.Mask == "" && in.Strength == nil:
		bad("strength", "is required with image: 0 keeps the image, 1 ignores it")
	}
}

func (c Controls) check(bad func(field, format string, args ...any)) {
	for i, color := range c.Colors {
		if !color.valid() {
			bad(fmt.Sprintf("controls.colors[%d].rgb", i), "must be 3 numbers from 0 to 255")
		}
	}
	if c.BackgroundColor != nil && !c.BackgroundColor.valid() {
		bad("controls.background_color.rgb", "must be 3 numbers from 0 to 255")
	}
}

func (c Shade) valid() bool {
	for _, v := range c.RGB {
		if v < 0 || v > 255 {
			return false
		}
	}
	return len(c.RGB) == 3
}
