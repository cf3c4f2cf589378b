package bfl

import (
	"encoding/json"
	"slices"
	"testing"
)

// Only the fields of FLUX.3 are sent to it, for any input.
func TestStrictStaysStrict(t *testing.T) {
	t.Parallel()
	yes, n, f := true, int64(1), 2.0
	five := 5
	in := Input{
		Prompt: "x", N: 3, AspectRatio: "16:9", Width: 64, Height: 64, Resolution: "2k", Seed: &n, OutputFormat: "png", SafetyTolerance: &five,
		PromptUpsampling: &yes, Raw: &yes, Steps: 5, Guidance: &f, Grounding: &yes, InputImage: "a", InputImages: nil, ImagePrompt: "b", ImagePromptStrength: &f,
	}
	for _, model := range []string{"flux-3-image", "flux-3-image-preview"} {
		can := capabilitiesOf(model)
		req, _ := in.request(model, can)
		req.setImages(can, []string{"aGk="})
		text, err := json.Marshal(req)
		var fields map[string]any
		if err == nil {
			err = json.Unmarshal(text, &fields)
		}
		if err != nil {
			t.Fatal(err)
		}
		for name := range fields {
			if !slices.Contains([]string{"prompt", "images", "aspect_ratio", "resolution", "grounding", "safety_tolerance"}, name) {
				t.Errorf("%s was sent to %s", name, model)
			}
		}
		if len(fields) != 6 {
			t.Errorf("%v", fields)
		}
	}
}
