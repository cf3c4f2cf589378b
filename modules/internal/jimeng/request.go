package jimeng

import (
	"cmp"
	"math"

	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// newSubmission builds the submission without its images and the delivery options
// of its results, and returns warnings on what the model does not support.
func newSubmission(in seedream.Request, model string) (submission, delivery, []string) {
	t := CapabilitiesOf(model)
	n := &provider.Notes{Model: model}
	s, d := submission{ReqKey: model, Prompt: in.Prompt}, delivery{ReturnURL: true, Logo: logo{Add: in.Watermark}}
	t.setSize(in, n, &s)
	if n.Takes(in.WeightField, in.Weight != nil, t.ScaleUnit > 0) {
		s.Scale = t.scale(*in.Weight)
	}
	if n.Takes("seed", in.Seed != nil, t.Seed) {
		s.Seed = in.Seed
	}
	if n.Takes("use_pre_llm", in.UsePreLLM != nil, t.PreLLM) {
		s.UsePreLLM = in.UsePreLLM
	}
	single := !n.Takes("sequential_image_generation", in.Sequential == "auto", t.V4)
	if t.V4 {
		s.ForceSingle = &single // without the field the vendor makes a series
	}
	if in.Watermark {
		d.Logo.Logo = in.Logo
	} else if in.Logo != nil {
		n.Ignored("logo_info", "watermark is false")
	}
	n.Takes("output_format", in.OutputFormat != "" && in.OutputFormat != t.Format, false)
	in.Unsupported(n, "sequential_image_generation_options", "guidance_scale", "cfg_scale", "negative_prompt",
		"optimize_prompt_options", "tools", "background", "layer_decomposition")
	return s, d, n.Warnings()
}

// scale converts a weight from 0 to 1 to the model's unit; for 4.6 a whole number
// from 1 to 100.
func (t Capabilities) scale(weight float64) *float64 {
	if t.ScaleUnit > 1 {
		weight = max(1, math.Round(weight*t.ScaleUnit))
	}
	return &weight
}

// setSize sets width and height, or an area for which the model chooses them.
func (t Capabilities) setSize(in seedream.Request, n *provider.Notes, s *submission) {
	if n.Takes("min_ratio", in.MinRatio > 0, t.V4) {
		s.MinRatio = in.MinRatio
	}
	if n.Takes("max_ratio", in.MaxRatio > 0, t.V4) {
		s.MaxRatio = in.MaxRatio
	}
	w, h, explicit := provider.ParseSize(in.Size)
	side := seedream.TierSide(in.Size)
	switch {
	case t.Square == 0:
		n.Takes("size", in.Size != "" && in.Size != "adaptive", false)
		n.Takes("aspect_ratio", in.AspectRatio != "", false)
	case explicit:
		if in.AspectRatio != "" {
			n.Ignored("aspect_ratio", "size sets it already")
		}
		s.Width, s.Height = w, h
		t.widenRatio(s)
	case in.AspectRatio == "" && side > 0 && t.V4:
		s.Area = side * side
	case in.AspectRatio == "" && side > 0 && t.EditsOne:
		n.Ignored("size "+in.Size, "without aspect_ratio %s keeps the sides of its input image", n.Model)
	case in.AspectRatio != "" || side > 0:
		ratio, _ := provider.ParseRatio(cmp.Or(in.AspectRatio, "1:1"))
		wide, high := provider.Sides(ratio, cmp.Or(side, t.Square)*cmp.Or(side, t.Square), seedream.Step, 0)
		if s.Width, s.Height = t.Sides.Fit(wide, high); side > 0 && s.Width != wide {
			n.Rounded("size", in.Size, provider.FormatSize(s.Width, s.Height))
		}
	case in.Size == "adaptive" && !t.EditsOne:
		n.Takes("size adaptive", true, false)
	}
}

// defaultMaxRatio is the ratio of the longer to the shorter side that 4.x does not
// exceed without min_ratio and max_ratio.
const defaultMaxRatio = 3.0

// widenRatio sets min_ratio or max_ratio, unless given, where explicit sides exceed
// the default limits.
func (t Capabilities) widenRatio(s *submission) {
	ratio := float64(s.Width) / float64(s.Height)
	if t.V4 && ratio > defaultMaxRatio && s.MaxRatio == 0 {
		s.MaxRatio = math.Ceil(ratio*100) / 100
	}
	if t.V4 && ratio < 1/defaultMaxRatio && s.MinRatio == 0 {
		s.MinRatio = math.Floor(ratio*10000) / 10000
	}
}
