package provider_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"aigc/app/provider"
)

type sharedFields struct {
	Prompt string `json:"prompt"`
	Steps  int    `json:"steps,omitempty" default:"20"`
	Mark   bool   `json:"mark" default:"true"`
}

type commonInput struct {
	sharedFields
	N        int                 `json:"n,omitempty" default:"1"`
	Seed     *int64              `json:"seed,omitempty"`
	Level    string              `json:"level,omitempty" default:"standard"`
	Old      string              `json:"old,omitempty"`
	Image    provider.ImageRef   `json:"image,omitempty"`
	Garments []provider.ImageRef `json:"garments,omitempty"`
	Big      *int64              `json:"big,omitempty"`
	Options  map[string]string   `json:"options,omitempty"`
}

// Images that are in Images or Mask are not omitted.
func TestCommonOmitted(t *testing.T) {
	t.Parallel()
	in := commonInput{Image: "a", Garments: []provider.ImageRef{"b", "c"}}
	for name, c := range map[string]struct {
		common provider.Common
		want   []string
	}{
		"none used":   {provider.Common{}, []string{"image", "garments"}},
		"all used":    {provider.Common{Images: []provider.ImageRef{"c", "b", "a"}}, nil},
		"one missing": {provider.Common{Images: []provider.ImageRef{"b"}, Mask: "a"}, []string{"garments"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.common.WithOther(in).Omitted; !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Other has what the caller set and the common vocabulary does not: no defaults, no ids
// of images, no field that became another one.
func TestCommonWithOther(t *testing.T) {
	t.Parallel()
	big := int64(9007199254740993)
	for name, c := range map[string]struct {
		in   commonInput
		want string
	}{
		"defaults":   {commonInput{sharedFields: sharedFields{Prompt: "x", Steps: 20, Mark: true}, N: 1, Level: "standard"}, `{}`},
		"set":        {commonInput{sharedFields: sharedFields{Steps: 30}, Level: "hd", Options: map[string]string{"a": "b"}}, `{"steps":30,"mark":false,"level":"hd","options":{"a":"b"}}`},
		"left out":   {commonInput{sharedFields: sharedFields{Mark: true}, Old: "y", Image: "id-1", Garments: []provider.ImageRef{"id-2"}, Seed: &big}, `{}`},
		"all digits": {commonInput{sharedFields: sharedFields{Mark: true}, Big: &big}, `{"big":9007199254740993}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := provider.Common{Prompt: c.in.Prompt}.WithOther(c.in, "old")
			if omitted := c.in.Image != ""; omitted != slices.Equal(got.Omitted, []string{"image", "garments"}) {
				t.Errorf("omitted %q", got.Omitted)
			}
			raw, err := json.Marshal(got.Other)
			if err != nil {
				t.Fatal(err)
			}
			var a, b map[string]json.RawMessage
			if json.Unmarshal(raw, &a) != nil || json.Unmarshal([]byte(c.want), &b) != nil || !slices.Equal(slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))) {
				t.Fatalf("%s, want %s", raw, c.want)
			}
			for k := range b {
				if string(a[k]) != string(b[k]) {
					t.Errorf("%s: %s, want %s", k, a[k], b[k])
				}
			}
		})
	}
}
