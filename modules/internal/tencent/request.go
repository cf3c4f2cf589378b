package tencent

import (
	"strconv"

	"aigc/app/provider"
	"aigc/modules/internal/hunyuan"
)

// newSubmission builds the submission without its images, and returns warnings on what
// the model does not support.
func newSubmission(in hunyuan.Input, model string) (submission, []string) {
	n := &provider.Notes{Model: model}
	s := submission{Prompt: in.Prompt}
	if w, h := in.Sides(n, hunyuan.Sizes30, hunyuan.Sizes30.MaxPixels); w > 0 {
		s.Resolution = strconv.Itoa(w) + ":" + strconv.Itoa(h)
		if len(in.Inputs()) > 0 {
			n.Say("The image may have another size: with input images the vendor uses the nearest of its own sizes.")
		}
	}
	if in.Revise {
		s.Revise = 1
	}
	switch seed := in.FixedSeed(); {
	case seed != nil && in.Revise:
		n.Ignored("seed", "it has no effect with revise")
	default:
		s.Seed = seed
	}
	if in.Watermark {
		s.LogoAdd = 1
	}
	if in.LogoRect != nil && (in.LogoImage == "" || !in.Watermark) {
		n.Ignored("logo_rect", "it needs watermark and logo_image")
	}
	n.Takes("footnote", in.Footnote != "", false)
	n.Takes("generate_max_pixels", in.MaxPixels > 0, false)
	return s, n.Warnings()
}
