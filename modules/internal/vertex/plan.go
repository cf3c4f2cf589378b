package vertex

import (
	"fmt"
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Plan implements [module.Planner].
func (Driver) Plan(in Input, t module.Target) module.Plan {
	r, warnings := in.request(t.Model)
	p := module.Plan{Count: r.Parameters.SampleCount, Warnings: warnings}
	seconds := r.Parameters.DurationSeconds
	if in.Video != "" {
		seconds = extensionSeconds
	}
	p.Quote = t.Cost(r.Parameters.priceFacts(),
		provider.Quantity{Unit: "second", N: int64(seconds * p.Count)})
	return p
}

// Check implements [module.Checker].
func (Driver) Check(in Input, target module.Target) []module.FieldError {
	model := target.Model
	var faults []module.FieldError
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	first, last := in.frames()
	refs := len(in.ReferenceImages) > 0
	if strings.TrimSpace(in.Prompt) == "" {
		bad("prompt", "must not be empty")
	}
	if in.DurationSeconds != 0 && in.DurationSeconds != 8 && in.Video == "" && in.needsEightSeconds(model) {
		bad("duration_seconds", "must be 8 with reference_images, 1080p or 4k")
	}
	if in.Resolution == "4k" && isLite(model) {
		bad("resolution", "%s supports 720p and 1080p", model)
	}
	if in.SampleCount > 0 && in.N > 1 && in.SampleCount != in.N {
		bad("sample_count", "is another name of n, and n has a different value")
	}
	if last != "" && first == "" {
		bad("last_frame", "needs image, the first frame")
	}
	if len(in.Images) > 0 && (in.Image != "" || in.LastFrame != "") {
		bad("images", "is another name of image and last_frame, which are set")
	} else if len(in.Images) > 2 {
		bad("images", "supports 2 images, the first frame and the last one, not %d", len(in.Images))
	}
	switch {
	case refs && isLite(model):
		faults = append(faults, module.RefuseImage("reference_images", model))
	case refs && (first != "" || in.Video != ""):
		bad("reference_images", "cannot be combined with image or video")
	}
	if in.Video != "" && first != "" {
		bad("video", "cannot be combined with image")
	}
	if isLegacyModel(in.Model) && strings.HasSuffix(in.Model, "-frames") && first == "" {
		bad("images", "models named -frames need a first frame")
	}
	return faults
}
