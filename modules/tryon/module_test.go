package tryon_test

import (
	"encoding/json"
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider/providertest"
	bflsandbox "aigc/modules/internal/bfl/sandbox"
	fashnsandbox "aigc/modules/internal/fashn/sandbox"
	"aigc/modules/tryon"
)

func TestWire(t *testing.T) { providertest.Wire(t, tryon.Module, nil) }

// FASHN reports no progress, has no overload and no call that cancels.
var fashnLacks = []providertest.Ability{providertest.Overload, providertest.Progress, providertest.Cancel}

// Both models of FASHN, results as URLs and as the image itself. tryon-v1.6 takes no
// prompt, so an input image carries the directives.
func TestFASHN(t *testing.T) {
	cases := []struct {
		name, model, input string
		results            int
		directives         string
		lacks              providertest.Ability
	}{
		{"least", "tryon-v1.6", `{"person_image":"person","garment_image":"coat"}`, 1, "garment_image", providertest.Inline},
		{
			"every field", "tryon-v1.6", `{"model_image":"person","cloth_image":"coat","n":2,"category":"one-pieces","garment_photo_type":"flat-lay",
			"mode":"quality","moderation_level":"none","segmentation_free":false,"seed":7,"output_format":"jpeg"}`, 2, "model_image", providertest.Inline,
		},
		{
			"max", "tryon-max", `{"person_image":"person","product_image":"hat","prompt":"a red hat","resolution":"1k","generation_mode":"fast","seed":7}`,
			1, "", providertest.Inline,
		},
		{"image itself", "tryon-v1.6", `{"human_image":"person","garment_image":"coat","return_base64":true}`, 1, "garment_image", providertest.Address},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: tryon.Module, Sandbox: fashnsandbox.New("tryon-v1.6", "tryon-max"), Operation: "tryon.generate", Model: c.model, Input: c.input, Results: c.results,
				Directives: c.directives, Reason: "Prohibited content", Lacks: append(fashnLacks, c.lacks),
			})
		})
	}
}

// The second route.
func TestBFL(t *testing.T) {
	cases := []struct{ model, input string }{
		{"vto-v2", `{"person_image":"person","garment_image":"coat","prompt":"open","seed":7,"output_format":"webp","safety_tolerance":5}`},
		{"vto-v1", `{"human_image":"person","cloth_image":"coat","prompt":"a person in a coat"}`},
	}
	for _, c := range cases {
		t.Run(c.model, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: tryon.Module, Sandbox: bflsandbox.New("vto-v2", "vto-v1"), Operation: "tryon.generate", Vendor: "bfl", Model: c.model, Input: c.input,
				Reason:  "Sandbox Request",
				Charges: map[string]fault.Charge{"fail": fault.ChargedUnknown}, // not documented
				Lacks:   []providertest.Ability{providertest.Inline, providertest.Overload, providertest.Cancel},
			})
		})
	}
}

const images = `"person_image":"p","garment_image":"g"`

// The plan of an input at either vendor: faults, warnings, quote.
func TestPlan(t *testing.T) {
	t.Parallel()
	every := `{` + images + `,"prompt":"open","category":"tops","garment_photo_type":"model","mode":"quality","moderation_level":"none","segmentation_free":false,
		"resolution":"4k","generation_mode":"quality","seed":7,"output_format":"webp","safety_tolerance":5,"return_base64":true}`
	cases := []struct {
		name, vendor, model, input string
		count                      int // 0: 1
		faults, warnings           []string
		quote                      float64 // 0: none
	}{
		{name: "least", vendor: "fashn", model: "tryon-v1.6", input: `{` + images + `}`, quote: 0.075},
		{name: "four", vendor: "fashn", model: "tryon-v1.6", input: `{` + images + `,"n":4}`, count: 4, quote: 0.3},
		{name: "every field of 1.6", vendor: "fashn", model: "tryon-v1.6", input: every, quote: 0.075, warnings: []string{
			"prompt ignored: tryon-v1.6", "resolution ignored", "generation_mode ignored", "output_format webp ignored", "safety_tolerance ignored",
		}},
		{name: "every field of max", vendor: "fashn", model: "tryon-max", input: every, warnings: []string{
			"category ignored: tryon-max", "garment_photo_type ignored", "mode ignored", "moderation_level ignored", "segmentation_free ignored", "output_format webp ignored", "safety_tolerance ignored",
		}},
		{name: "fast max", vendor: "fashn", model: "tryon-max", input: `{` + images + `,"n":2,"generation_mode":"fast","resolution":"1k"}`, count: 2, quote: 0.15},
		{name: "max without a mode", vendor: "fashn", model: "tryon-max", input: `{` + images + `,"resolution":"1k"}`},
		{name: "unknown model", vendor: "fashn", model: "tryon-of-a-gateway", input: `{` + images + `,"category":"tops","prompt":"x"}`, warnings: []string{"prompt ignored"}},
		{name: "unknown large model", vendor: "fashn", model: "tryon-max-2", input: `{` + images + `,"category":"tops","prompt":"x"}`, warnings: []string{"category ignored"}},
		{name: "no images", vendor: "fashn", model: "tryon-v1.6", input: `{}`, faults: []string{"person_image", "garment_image"}, quote: 0.075},
		{name: "two names", vendor: "fashn", model: "tryon-v1.6", input: `{` + images + `,"human_image":"q"}`, faults: []string{"human_image"}, quote: 0.075},
		{name: "least of vto", vendor: "bfl", model: "vto-v2", input: `{` + images + `}`},
		{name: "four of vto", vendor: "bfl", model: "vto-v2", input: `{` + images + `,"n":4}`, count: 4},
		{name: "every field of vto", vendor: "bfl", model: "vto-v1", input: every, warnings: []string{
			"category ignored: vto-v1", "garment_photo_type ignored", "mode ignored", "moderation_level ignored", "segmentation_free ignored", "resolution ignored", "generation_mode ignored", "return_base64 ignored",
		}},
		{name: "no garment for vto", vendor: "bfl", model: "vto-v2", input: `{"model_image":"p"}`, faults: []string{"garment_image"}},
		{name: "two names of vto", vendor: "bfl", model: "vto-v2", input: `{` + images + `,"cloth_image":"q"}`, faults: []string{"cloth_image"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			providertest.Plan{Count: max(1, c.count), Quote: c.quote, Faults: c.faults, Warnings: c.warnings}.Of(t, route(t, c.vendor), c.model, json.RawMessage(c.input))
		})
	}
}

func route(t *testing.T, vendor string) module.Route {
	t.Helper()
	h, err := module.NewRegistry(tryon.Module)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := h.Operation("tryon.generate").Route(vendor)
	if !ok {
		t.Fatalf("no route by %s", vendor)
	}
	return r
}
