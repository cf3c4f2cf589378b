package openai

import (
	"context"
	"encoding/json"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Generator makes images from text.
type Generator struct{}

// Generate implements [provider.Generator].
func (Generator) Generate(ctx context.Context, c provider.Call, in GenerateInput) (provider.Answer, error) {
	body, _ := in.request(c.Model)
	return submit(ctx, c, provider.Request{URL: "/images/generations", Body: body})
}

// Editor makes images from images.
type Editor struct{}

// Generate implements [provider.Generator]. The files are streamed; those that the
// vendor would refuse are reported before anything is sent.
func (Editor) Generate(ctx context.Context, c provider.Call, in EditInput) (provider.Answer, error) {
	body, _ := in.request(c.Model)
	form := provider.NewForm()
	e := provider.NewEmbedder(c)
	e.EditFiles(ctx, form, imageRule, in.images(), maskRule, in.Mask)
	if err := e.Err(); err != nil {
		return provider.Answer{}, err
	}
	if err := body.fields(form); err != nil {
		return provider.Answer{}, fault.Wrap(err, fault.Unavailable, "request_body", "The request body could not be built; nothing was sent.").WithCharge(fault.ChargedNo)
	}
	return submit(ctx, c, provider.Request{URL: "/images/edits", Form: form})
}

// The files of an edit: images under 50 MB, a mask under 4 MB.
var (
	imageRule = provider.ImageRule{Field: "image", Who: "OpenAI", Types: []string{"image/png", "image/jpeg", "image/webp"}, MaxBytes: 50<<20 - 1}
	maskRule  = provider.ImageRule{Field: "mask", Who: "OpenAI", Types: []string{"image/png"}, MaxBytes: 4<<20 - 1, Alpha: true}
)

// submit sends a paid request and reads the complete answer.
func submit(ctx context.Context, c provider.Call, r provider.Request) (provider.Answer, error) {
	r.Paid, r.Authorize = true, provider.Bearer(c)
	res, err := c.HTTP.Do(ctx, c, r)
	if err != nil {
		return provider.Answer{}, err
	}
	if !res.OK() {
		return provider.Answer{}, responseFault(res)
	}
	return parse(c, res)
}

// parse reads a complete answer. GPT models always send base64; a gateway in front
// of them may send URLs. Images count even if another field of the answer has an
// unexpected type. JSON without a list of images leaves open whether the request
// was executed.
func parse(c provider.Call, res provider.Response) (provider.Answer, error) {
	var w answer
	err := res.Decode(&w)
	a := provider.Answer{Model: c.Model, VendorID: res.Header.Get("X-Request-Id"), Usage: w.Usage}
	for _, d := range w.Data {
		if d.B64 != "" || d.URL != "" {
			a.Results = append(a.Results, provider.Result{Base64: d.B64, URL: d.URL, Prompt: string(d.RevisedPrompt)})
		}
	}
	switch {
	case len(a.Results) > 0:
	case err != nil:
		return provider.Answer{}, err
	case w.Data == nil:
		return provider.Answer{}, res.NoResult("OpenAI's answer to a paid request holds no list of images.")
	}
	var u usage
	if json.Unmarshal(w.Usage, &u) == nil {
		a.Cost = c.Cost(c.Model, nil, u.quantities()...)
	}
	return a, nil
}
