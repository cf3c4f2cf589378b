package openai

import (
	"context"
	"encoding/json"
	"net/http"

	"aigc/app/provider"
)

// Generate sends one request for pictures from text.
func Generate(ctx context.Context, c provider.Call, body Generation) (provider.Answer, error) {
	return buy(ctx, c, provider.Request{URL: "/images/generations", Body: body})
}

// Edit sends one request for pictures from pictures. The files are streamed.
func Edit(ctx context.Context, c provider.Call, body Generation, images []provider.Image, mask provider.Image) (provider.Answer, error) {
	form := provider.NewForm()
	name := "image"
	if len(images) > 1 {
		name = "image[]" // several files are only taken under this name
	}
	for _, img := range images {
		in, err := c.Inputs.Open(ctx, img)
		if err != nil {
			return provider.Answer{}, err
		}
		form.File(name, in)
	}
	if mask != "" {
		in, err := c.Inputs.Open(ctx, mask)
		if err != nil {
			return provider.Answer{}, err
		}
		form.File("mask", in)
	}
	if err := body.fields(form); err != nil {
		return provider.Answer{}, err
	}
	return buy(ctx, c, provider.Request{URL: "/images/edits", Form: form})
}

func buy(ctx context.Context, c provider.Call, r provider.Request) (provider.Answer, error) {
	r.Paid, r.Authorize = true, authorize(c)
	res, err := c.HTTP.Do(ctx, c, r)
	if err != nil {
		return provider.Answer{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Answer{}, failure(res)
	}
	return parse(res, c.Model)
}

// parse reads a whole answer. GPT models always send base64; an address is
// what a gateway in front of them may send.
func parse(res provider.Response, model string) (provider.Answer, error) {
	var w answer
	if err := res.Decode(&w); err != nil {
		return provider.Answer{}, err
	}
	a := provider.Answer{Model: model, VendorID: res.Header.Get("X-Request-Id"), Usage: w.Usage}
	for _, d := range w.Data {
		a.Results = append(a.Results, provider.Result{Base64: d.B64, URL: d.URL, Prompt: d.RevisedPrompt})
	}
	var u usage
	if json.Unmarshal(w.Usage, &u) == nil {
		a.Cost = u.cost(model)
	}
	return a, nil
}
