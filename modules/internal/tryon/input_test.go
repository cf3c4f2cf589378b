package tryon

import (
	"encoding/json"
	"slices"
	"testing"

	"aigc/app/provider"
)

func parse(t *testing.T, text string) (in Input) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		t.Fatal(err)
	}
	return in
}

// Each image has three names. A missing one is a fault, and another one under a second
// name.
func TestImages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		input           string
		person, garment provider.ImageRef
		faults          []string
	}{
		"names":                {`{"person_image":"p","garment_image":"g"}`, "p", "g", nil},
		"FASHN's names":        {`{"model_image":"p","product_image":"g"}`, "p", "g", nil},
		"Kling's names":        {`{"human_image":"p","cloth_image":"g"}`, "p", "g", nil},
		"all names":            {`{"person_image":"p","model_image":"q","human_image":"r","garment_image":"g","product_image":"h","cloth_image":"i"}`, "p", "g", []string{"model_image", "human_image", "product_image", "cloth_image"}},
		"one image, all names": {`{"person_image":"p","model_image":"p","human_image":"p","garment_image":"g","product_image":"g","cloth_image":"g"}`, "p", "g", nil},
		"two other names":      {`{"model_image":"q","human_image":"r","garment_image":"g"}`, "q", "g", []string{"human_image"}},
		"no person":            {`{"garment_image":"g"}`, "", "g", []string{"person_image"}},
		"no garment":           {`{"human_image":"p"}`, "p", "", []string{"garment_image"}},
		"no images at all":     {`{"prompt":"x"}`, "", "", []string{"person_image", "garment_image"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := parse(t, c.input)
			var faults []string
			for _, f := range in.Check() {
				faults = append(faults, f.Field)
			}
			if in.Person() != c.person || in.Garment() != c.garment || !slices.Equal(faults, c.faults) {
				t.Errorf("%s and %s, faults %q", in.Person(), in.Garment(), faults)
			}
		})
	}
}

// The common vocabulary has the two images in order and a prompt; Other has the other
// fields, but no other name of an image and nothing that became another field.
func TestCommon(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ input, want string }{
		"least": {`{"person_image":"p","garment_image":"g","n":1}`, `{"Prompt":"` + DefaultPrompt + `","N":1,"Images":["p","g"],"Other":{}}`},
		"every field": {
			`{"human_image":"p","model_image":"q","cloth_image":"g","prompt":" open ","model":"m","n":2,"resolution":"2k","seed":7,"output_format":"webp","return_base64":true,
			"category":"tops","garment_photo_type":"model","mode":"quality","moderation_level":"none","segmentation_free":false,"generation_mode":"fast","safety_tolerance":5}`,
			`{"Prompt":"open","N":2,"Size":"2K","Seed":7,"OutputFormat":"webp","Images":["q","g"],"Other":{"category":"tops","garment_photo_type":"model","mode":"quality",
			"moderation_level":"none","segmentation_free":false,"generation_mode":"fast","safety_tolerance":5},"Omitted":["human_image"]}`,
		},
		"one image": {`{"garment_image":"g"}`, `{"Prompt":"` + DefaultPrompt + `","Images":["g"],"Other":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want provider.Common
			if err := json.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(parse(t, c.input).Common())
			expected, _ := json.Marshal(want)
			if err != nil || string(got) != string(expected) {
				t.Errorf("%s\nwant %s", got, expected)
			}
		})
	}
}
