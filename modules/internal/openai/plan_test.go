package openai

import (
	"encoding/json"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
)

// planTerms are price lists as the vertical hands them in.
var planTerms = module.Terms{Models: []module.Model{
	{ID: "gpt-image-2", Prices: Tokens},
	{ID: "gpt-image-2.6-flare", Prices: Tokens},
	{ID: "gpt-image-2.5-flare", Aliases: []string{"gpt-image-2.5-flare-2026-09-08"}, Prices: Prices25},
	{ID: "gpt-image-1.5", Prices: Prices15},
}}

// All that an input becomes, without a vendor: faults, warnings, price.
func TestGenerationPlan(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, model, input string
		faults             []string // fields
		warnings           []string // their first words
		quote              float64  // 0: none
		images             int
	}{
		{name: "least", model: "gpt-image-2", input: `{}`, images: 1},
		{name: "blank prompt", model: "gpt-image-2", input: `{"prompt":" \n"}`, faults: []string{"prompt"}, images: 1},
		{name: "priced", model: "gpt-image-2.5-flare", input: `{"size":"1024x1024","quality":"high","n":3}`, quote: 0.159, images: 3},
		{name: "priced by its dated name", model: "gpt-image-2.5-flare-2026-09-08", input: `{"size":"1024x1024","quality":"low"}`, quote: 0.006, images: 1},
		{name: "no list price of another size", model: "gpt-image-2.5-flare", input: `{"size":"1536x1024","quality":"high"}`, images: 1},
		{name: "no list price of a size the model chooses", model: "gpt-image-2.5-flare", input: `{"size":"auto","quality":"high"}`, images: 1},
		{name: "old price", model: "gpt-image-1.5", input: `{"size":"1024x1024","quality":"medium"}`, quote: 0.034, images: 1},
		{name: "old quality is priced as what it became", model: "gpt-image-1.5", input: `{"size":"1024x1024","quality":"standard"}`, warnings: []string{"quality standard rounded to the nearest supported value, medium"}, quote: 0.034, images: 1},
		{name: "size rules", model: "gpt-image-2", input: `{"size":"1000x1000"}`, faults: []string{"size"}, images: 1},
		{name: "size rules of the unknown are the vendor's", model: "gpt-image-9", input: `{"size":"1000x1000"}`, images: 1},
		{name: "old sizes are rounded", model: "gpt-image-2", input: `{"size":"512x512"}`, warnings: []string{"size 512x512 rounded to the nearest supported value, 1024x1024"}, images: 1},
		{name: "three sizes only", model: "gpt-image-1.5", input: `{"size":"1792x1024"}`, warnings: []string{"size 1792x1024 rounded to the nearest supported value, 1536x1024"}, images: 1},
		{name: "style", model: "gpt-image-2", input: `{"style":"vivid"}`, warnings: []string{"style ignored"}, images: 1},
		{name: "links only", model: "gpt-image-2", input: `{"response_format":"b64_json"}`, warnings: []string{"response_format b64_json ignored"}, images: 1},
		{name: "links as ever", model: "gpt-image-2", input: `{"response_format":"url"}`, images: 1},
		{name: "finer than it can", model: "gpt-image-2", input: `{"quality":"max"}`, warnings: []string{"quality max rounded to the nearest supported value, high"}, images: 1},
		{name: "hd", model: "gpt-image-2.6-flare", input: `{"quality":"hd"}`, warnings: []string{"quality hd rounded to the nearest supported value, high"}, images: 1},
		{name: "old quality of the unknown is the vendor's", model: "gpt-image-9", input: `{"quality":"hd"}`, images: 1},
		{name: "transparent jpeg", model: "gpt-image-2", input: `{"background":"transparent","output_format":"jpeg"}`, faults: []string{"background"}, images: 1},
		{name: "transparent svg", model: "gpt-image-2.6-flare", input: `{"background":"transparent","output_format":"svg"}`, faults: []string{"background"}, images: 1},
		{name: "transparent png instead of svg", model: "gpt-image-2", input: `{"background":"transparent","output_format":"svg"}`, warnings: []string{"output_format svg replaced by png"}, images: 1},
		{name: "large frames", model: "gpt-image-2.6-flare", input: `{"size":"1024x1024","output_format":"gif"}`, faults: []string{"size"}, images: 1},
		{name: "many frames", model: "gpt-image-2.6-flare", input: `{"size":"816x816","output_format":"gif","gif":{"frame_count":16}}`, faults: []string{"size"}, images: 1},
		{name: "small frames", model: "gpt-image-2.6-flare", input: `{"size":"512x512","output_format":"gif","gif":{"frame_count":4}}`, images: 1},
		{name: "all of 2.6 for 2", model: "gpt-image-2", input: `{"output_format":"gif","gif":{"frame_count":4},"svg":{},"complexity":"low","output_compression":5}`, images: 1,
			warnings: []string{"output_format gif replaced by png", "output_compression ignored", "complexity ignored", "gif ignored", "svg ignored"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := GenerateInput{Options: Options{Prompt: "x", OutputFormat: "png"}}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			providertest.Plan{Count: c.images, Quote: c.quote, Faults: c.faults, Warnings: c.warnings}.Of(t, module.Sync[GenerateInput](Vendor(), Generator{}, planTerms).Route, c.model, in)
		})
	}
}

func TestEditPlan(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, model, input string
		faults, warnings   []string
	}{
		{name: "no image", model: "gpt-image-2", input: `{}`, faults: []string{"image"}},
		{name: "one by each name", model: "gpt-image-2", input: `{"image":"a","images":["b"]}`},
		{name: "too many", model: "gpt-image-2", input: `{"image":"a","images":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16"]}`, faults: []string{"images"}},
		{name: "faithful already", model: "gpt-image-2", input: `{"image":"a","input_fidelity":"high"}`, warnings: []string{"input_fidelity ignored"}},
		{name: "faithful on demand", model: "gpt-image-1.5", input: `{"image":"a","input_fidelity":"high"}`},
		{name: "input images have no list price", model: "gpt-image-2.5-flare", input: `{"image":"a","quality":"high","size":"1024x1024"}`},
		{name: "described", model: "gpt-image-2", input: `{"image":"a","image_description":"a cat"}`, warnings: []string{"image_description ignored"}},
		{name: "size of the replaced service", model: "gpt-image-2", input: `{"image":"a","size":"256x256"}`, warnings: []string{"size 256x256 rounded to the nearest supported value, 1024x1024"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := EditInput{Options: Options{Prompt: "x"}}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			providertest.Plan{Count: 1, Quote: 0, Faults: c.faults, Warnings: c.warnings}.Of(t, module.Sync[EditInput](Vendor(), Editor{}, planTerms).Route, c.model, in)
		})
	}
}
