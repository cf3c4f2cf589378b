package seedream

import (
	"slices"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
)

// Each vertical's input becomes the same request.
func TestRequest(t *testing.T) {
	t.Parallel()
	weight := 0.8
	o := Options{Prompt: "x", Image: "a", Images: []provider.ImageRef{"c"}}
	for name, c := range map[string]struct {
		in     Source
		images []provider.ImageRef
		edit   bool
		mark   bool
		field  string // WeightField; empty: none
	}{
		"seedream":         {Input{Options: o, Scale: &weight}, []provider.ImageRef{"a", "c"}, false, false, "scale"},
		"seedream, marked": {Input{Watermark: true}, nil, false, true, ""},
		"seededit":         {Edit{Options: o, ImageURL: "b", Strength: &weight}, []provider.ImageRef{"a", "b", "c"}, true, false, "strength"},
		"seededit, marked": {Edit{ImageURL: "b", Watermark: true}, []provider.ImageRef{"b"}, true, true, ""},
		"doubao":           {Doubao{Options: o}, []provider.ImageRef{"a", "c"}, false, false, ""},
		"doubao, marked":   {Doubao{Options: o, Watermark: true}, []provider.ImageRef{"a", "c"}, false, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := c.in.Request()
			if !slices.Equal(r.Inputs, c.images) || r.Edit != c.edit || r.Watermark != c.mark || (r.Weight != nil) != (c.field != "") || c.field != "" && r.WeightField != c.field {
				t.Errorf("%+v", r)
			}
		})
	}
}

// A blank prompt and an edit of nothing are faults at every vendor.
func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   module.InputChecker
		want []string
	}{
		"text":                   {Input{Options: Options{Prompt: "x"}}, nil},
		"blank":                  {Doubao{Options: Options{Prompt: " "}}, []string{"prompt"}},
		"an edit":                {Edit{Options: Options{Prompt: "x", Image: "a"}}, nil},
		"an edit of nothing":     {Edit{Options: Options{Prompt: "x"}}, []string{"image"}},
		"no image and no prompt": {Edit{}, []string{"prompt", "image"}},
	} {
		var got []string
		for _, f := range c.in.Check() {
			got = append(got, f.Field)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	weight := 0.8
	r := Edit{Options: Options{NegativePrompt: "y", Background: "auto", ResponseFormat: "b64_json"}, Strength: &weight, Jimeng: Jimeng{MaxRatio: 2}}.Request()
	n := &provider.Notes{Model: "m"}
	r.Unsupported(n, r.WeightField, "negative_prompt", "background", "max_ratio", "min_ratio")
	want := []string{"strength ignored", "negative_prompt ignored", "max_ratio ignored", "response_format b64_json ignored"}
	if got := n.Warnings(); !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNearestTier(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{"1K": "2K", "2K": "2K", "3K": "4K", "4K": "4K"} {
		if got := NearestTier([]string{"2K", "4K"}, asked); got != want {
			t.Errorf("%s becomes %s, want %s", asked, got, want)
		}
	}
	if got := NearestTier(nil, "2K"); got != "" {
		t.Errorf("a model without tiers: %s", got)
	}
	if w, h := Shape("2K", "9:16"); w != 1600 || h != 2848 {
		t.Errorf("9:16 is %dx%d", w, h)
	}
}
