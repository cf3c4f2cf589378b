package mcpapi

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"aigc/app/provider"
	"aigc/app/schema"
)

// clothesInput is an input whose most important fields have names of their own.
type clothesInput struct {
	ModelImage   provider.ImageRef `json:"model_image" minLength:"1" doc:"Image of the person"`
	Garment      provider.ImageRef `json:"garment_image,omitempty" doc:"Image of the garment; see /api/models"`
	Category     string            `json:"category,omitempty" enum:"auto,tops,bottoms" doc:"Type of the garment, such as tops; the vendor finds it out by default, which takes a second longer"`
	Mode         string            `json:"mode,omitempty" enum:"fast,balanced,quality" default:"balanced" doc:"Speed against quality"`
	N            int               `json:"n,omitempty" minimum:"1" maximum:"4" default:"1" doc:"Number of images"`
	Samples      int               `json:"num_samples,omitempty" minimum:"1" maximum:"4" doc:"Old name of n"`
	Seconds      int               `json:"seconds,omitempty" enum:"4,8,6" doc:"Length"`
	Seed         *int64            `json:"seed,omitempty" minimum:"0" maximum:"4294967295" doc:"Random seed"`
	Guidance     *float64          `json:"guidance,omitempty" doc:"Ignored: the vendor does not support it"`
	ReturnBase64 bool              `json:"return_base64,omitempty" doc:"For old clients"`
	Frame        *frame            `json:"frame,omitempty" doc:"An object"`
	Tag          string            `json:"tag,omitempty" pattern:"^[a-z]+$" format:"hostname" maxLength:"9" doc:"Your tag"`
}

func clothes(budget int) string {
	return string(listWithin(budget, schema.New(reflect.TypeFor[clothesInput]()).Fields()))
}

func TestListedSchema(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		budget int
		want   string
	}{
		"everything but objects and obsolete fields": {5000, `{"type":"object","properties":{` +
			`"model_image":{"type":"string","description":"Image of the person"},` +
			`"garment_image":{"type":"string","description":"Image of the garment; see list_models"},` +
			`"n":{"type":"integer","minimum":1,"maximum":4,"description":"Number of images"},` +
			`"seed":{"type":"integer","minimum":0},` +
			`"category":{"type":"string","enum":["auto","tops","bottoms"],"description":"Type of the garment, such as tops"},` +
			`"mode":{"type":"string","enum":["fast","balanced","quality"],"description":"Speed against quality"},` +
			`"seconds":{"type":"integer","minimum":4,"maximum":8,"description":"Length; one of 4, 8, 6"},` +
			`"tag":{"type":"string","description":"Your tag"}},"required":["model_image"]}`},
		"no room": {0, `{"type":"object","properties":{"model_image":{"type":"string","description":"Image of the person"}},"required":["model_image"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := clothes(tc.budget); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

// With less room the least important fields go first, and the schema never exceeds
// the budget.
func TestListedSchemaBudget(t *testing.T) {
	t.Parallel()
	least := len(clothes(0))
	last := []string{"model_image", "garment_image", "n", "seed", "category", "mode", "seconds", "tag"}
	for budget := 900; budget >= least; budget-- {
		raw := clothes(budget)
		if len(raw) > budget {
			t.Fatalf("%d bytes, %d allowed", len(raw), budget)
		}
		var s struct {
			Properties map[string]any `json:"properties"`
		}
		if err := json.Unmarshal([]byte(raw), &s); err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"garment_image", "n", "seed"} {
			if s.Properties[name] == nil && s.Properties["category"] != nil && budget > 500 {
				t.Errorf("%d bytes: category is listed and %s (%d) is not", budget, name, i)
			}
		}
		for name := range s.Properties {
			if !slices.Contains(last, name) {
				t.Errorf("%s is listed", name)
			}
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, want string }{
		"short":           {"Input image", "Input image"},
		"at a semicolon":  {"Image to edit; without one, it is made from text", "Image to edit"},
		"at a sentence":   {"auto or WIDTHxHEIGHT. Newer models: 3,840 at most", "auto or WIDTHxHEIGHT"},
		"at a bracket":    {"Width (a multiple of 16 or 32, depending)", "Width"},
		"at a comma":      {"Type of garment, as the vendor names them all", "Type of garment"},
		"nowhere":         {"What the image must not show in any of its parts", ""},
		"between letters": {strings.Repeat("图", 20), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := shorten(tc.text, 30); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
