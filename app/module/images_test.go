package module_test

import (
	"reflect"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
)

type pictured struct {
	Prompt string            `json:"prompt"`
	Image  provider.ImageRef `json:"image,omitempty"`
	Mask   provider.ImageRef `json:"mask,omitempty"`
	Further
}

// Further is embedded.
type Further struct {
	Images []provider.ImageRef `json:"images,omitempty"`
}

func TestRefuseImages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   pictured
		want []string
	}{
		"none":    {pictured{Prompt: "x", Further: Further{Images: []provider.ImageRef{}}}, nil},
		"one":     {pictured{Image: "a"}, []string{"image"}},
		"several": {pictured{Mask: "a", Further: Further{Images: []provider.ImageRef{"b"}}}, []string{"mask", "images"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range module.RefuseImages(c.in, "toy-1") {
				got = append(got, f.Field)
				if want := "toy-1 cannot use input images here: choose another model, or leave it out"; f.Message != want {
					t.Errorf("%s: %q", f.Field, f.Message)
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
