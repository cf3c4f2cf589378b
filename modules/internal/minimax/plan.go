package minimax

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"aigc/app/module"
	"aigc/app/provider"
)

// Plan implements [module.Planner]. MiniMax-H3-Image is billed by tokens, which are
// not known before, so it has no quote.
func (Driver) Plan(in Input, t module.Target) module.Plan {
	req, warnings := in.request(t.Model)
	p := module.Plan{Count: req.N, PerRequest: capabilitiesOf(t.Model).MaxN, Warnings: warnings}
	if !isMainland(t.BaseURL) {
		p.Quote = t.Cost(nil, provider.Quantity{Unit: "image", N: int64(req.N)})
	}
	return p
}

// Check implements [module.InputChecker].
func (in Input) Check() (faults []module.FieldError) {
	if strings.TrimSpace(in.Prompt) == "" {
		faults = append(faults, module.FieldError{Field: "prompt", Message: "must not be empty"})
	}
	if (in.Width == 0) != (in.Height == 0) {
		faults = append(faults, module.FieldError{Field: "width", Message: "width and height must be set together"})
	}
	return faults
}

// Check implements [module.Checker].
func (Driver) Check(in Input, t module.Target) []module.FieldError {
	var faults []module.FieldError
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	can := capabilitiesOf(t.Model)
	if utf8.RuneCountInString(in.Prompt) > can.MaxPrompt {
		bad("prompt", "%s takes at most %d characters", t.Model, can.MaxPrompt)
	}
	if can.MaxInputs > 0 && len(in.inputs()) > can.MaxInputs {
		bad("images", "%s supports at most %d input images, image included", t.Model, can.MaxInputs)
	}
	if m := imageSizes.Check(in.Width, in.Height); in.Width > 0 && in.Height > 0 && can.Sides && m != "" {
		bad("width", "%s: %s", t.Model, m)
	}
	r, _ := in.request(t.Model)
	if keep := r.DisablePromptEnhanced; keep != nil && *keep && r.Size == "" && (r.AspectRatio == "" || r.AspectRatio == auto) {
		bad("disable_prompt_enhanced", "needs a size or an aspect_ratio")
	}
	return faults
}
