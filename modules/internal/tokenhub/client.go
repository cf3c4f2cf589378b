package tokenhub

import (
	"context"
	"encoding/json"

	"aigc/app/provider"
	"aigc/modules/internal/hunyuan"
)

// Generator makes images with HunyuanImage.
type Generator struct{}

// Generate implements [provider.Generator]. Input images are streamed; those that the
// vendor would refuse are reported before anything is sent.
func (Generator) Generate(ctx context.Context, c provider.Call, in hunyuan.Input) (provider.Answer, error) {
	can := capabilitiesOf(c.Model)
	r, _ := newRequest(in, c.Model)
	e := provider.NewEmbedder(c)
	images := e.AddAll(ctx, can.Images, in.Inputs())
	if can.Chat {
		for _, data := range images {
			r.Messages[0].Content = append(r.Messages[0].Content, part{Type: "image_url", Image: &imageURL{URL: data}})
		}
	} else {
		r.Images = images
	}
	body, err := e.Body(r)
	if err != nil {
		return provider.Answer{}, err
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: can.Path, Body: body, Paid: true, Authorize: provider.Bearer(c)})
	if err != nil {
		return provider.Answer{}, err
	}
	return parse(c, res)
}

// parse decodes a complete answer. Images count even if another field has an unexpected
// type. JSON with neither images nor an error leaves open whether the request was
// executed.
func parse(c provider.Call, res provider.Response) (provider.Answer, error) {
	if !res.OK() {
		var w struct {
			Error problem `json:"error"`
		}
		_ = json.Unmarshal(res.Body, &w) // gateways in front may send anything
		return provider.Answer{}, codes.Fault(res, w.Error.vendorError())
	}
	var w answer
	err := res.Decode(&w)
	a := provider.Answer{Model: c.Model, VendorID: string(w.ID), Usage: w.Usage}
	for _, d := range w.items() {
		if d.URL != "" || d.B64 != "" {
			a.Results = append(a.Results, provider.Result{URL: d.URL, Base64: d.B64, Prompt: string(d.RevisedPrompt)})
		}
	}
	switch {
	case len(a.Results) > 0:
		return a, nil
	case w.Error != problem{}:
		return provider.Answer{}, codes.Fault(res, w.Error.vendorError())
	case err != nil:
		return provider.Answer{}, err
	}
	return provider.Answer{}, res.NoResult("The answer of " + title + " to a paid request holds no image.")
}
