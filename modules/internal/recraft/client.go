package recraft

import (
	"context"
	"encoding/json"

	"aigc/app/provider"
)

// Generator makes images of an [Input].
type Generator struct{}

// Generate implements [provider.Generator]. Files are streamed as data URLs; those that
// the vendor would refuse are reported before anything is sent.
func (Generator) Generate(ctx context.Context, c provider.Call, in Input) (provider.Answer, error) {
	r, _ := in.request(c.Model)
	e := provider.NewEmbedder(c)
	if r.path != generations {
		image, ok := e.OpenMasked(ctx, imageRule("image"), in.Image, in.Mask)
		if ok {
			r.Image = e.AddOpened(imageRule("image"), image)
		}
		if mask, ok := e.OpenMask(ctx, imageRule("mask"), in.Mask, image, "the image"); ok {
			r.Mask = e.AddOpened(imageRule("mask"), mask)
		}
	}
	r.StyleReferences = e.AddAll(ctx, imageRule("style_references"), r.references)
	body, err := e.Body(r)
	if err != nil {
		return provider.Answer{}, err
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: r.path, Body: body, Paid: true, Authorize: provider.Bearer(c)})
	if err != nil {
		return provider.Answer{}, err
	}
	if !res.OK() {
		return provider.Answer{}, responseFault(res)
	}
	return parse(r.Model, res)
}

// imageRule is the rule for the images of a field.
func imageRule(field string) provider.ImageRule {
	return provider.ImageRule{
		Field: field, Who: title, Types: []string{"image/png", "image/jpeg", "image/webp"},
		MaxBytes: 10<<20 - 1, MinSide: 256, MaxSide: 4096, MaxPixels: 16_000_000, DataURL: true,
	}
}

// parse reads a complete answer. Images count even if another field of the answer has
// an unexpected type. JSON without a list of images leaves open whether the request
// was executed.
func parse(model string, res provider.Response) (provider.Answer, error) {
	var w answer
	err := res.Decode(&w)
	a := provider.Answer{Model: model}
	u := usage{StyleID: string(w.StyleID)}
	for _, d := range w.Data {
		if d.URL == "" && d.B64 == "" {
			continue
		}
		a.Results = append(a.Results, provider.Result{URL: d.URL, Base64: d.B64, Prompt: string(d.RevisedPrompt)})
		if a.VendorID == "" {
			a.VendorID = string(d.ID)
		}
		if u.StyleID == "" {
			u.StyleID = string(d.StyleID)
		}
		if len(d.Features) > 0 {
			u.Features = append(u.Features, d.Features)
		}
	}
	switch {
	case len(a.Results) > 0:
	case err != nil:
		return provider.Answer{}, err
	case w.Data == nil:
		return provider.Answer{}, res.NoResult("Recraft's answer to a paid request holds no list of images.")
	}
	if units, ok := w.Credits.Float(); ok && units >= 0 && units < maxUnits {
		u.Credits, a.Cost = &units, provider.USD(units/unitsPerDollar)
	}
	if u.Credits != nil || u.StyleID != "" || u.Features != nil {
		a.Usage, _ = json.Marshal(u) // plain values, and JSON that was decoded
	}
	return a, nil
}

// unitsPerDollar is the value of Recraft's API units; a number of maxUnits for one
// request is not a cost.
const unitsPerDollar, maxUnits = 1000, 1e9
