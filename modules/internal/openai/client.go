package openai

import (
	"context"
	"encoding/json"
	"net/http"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Generate sends one request for pictures from text.
func Generate(ctx context.Context, c provider.Call, body Generation) (provider.Answer, error) {
	return buy(ctx, c, provider.Request{URL: "/images/generations", Body: body})
}

// Edit sends one request for pictures from pictures. The files are streamed.
// What the vendor would refuse of them is told before anything is sent.
func Edit(ctx context.Context, c provider.Call, body Generation, images []provider.Image, mask provider.Image) (provider.Answer, error) {
	form := provider.NewForm()
	name := "image"
	if len(images) > 1 {
		name = "image[]" // several files are only taken under this name
	}
	e := provider.NewEmbedder(c)
	var first provider.Input
	for i, img := range images {
		in, ok := e.Open(ctx, imageRule, img)
		if i == 0 {
			first = in
		}
		if ok {
			form.File(name, in)
		}
	}
	if in, ok := e.Open(ctx, maskRule, mask); ok {
		if in.Width != first.Width || in.Height != first.Height {
			e.Fault("mask", "a mask has the size of the first image")
		}
		form.File("mask", in)
	}
	if err := e.Err(); err != nil {
		return provider.Answer{}, err
	}
	if err := body.fields(form); err != nil {
		return provider.Answer{}, fault.Wrap(err, fault.Unavailable, "request_body", "The request could not be put together.").With(fault.ChargedNo)
	}
	return buy(ctx, c, provider.Request{URL: "/images/edits", Form: form})
}

// The files of an edit are smaller than this, in bytes.
const (
	maxPicture = 50 << 20
	maxMask    = 4 << 20
)

var pictureTypes = []string{"image/png", "image/jpeg", "image/webp"}

// What an edit takes.
var (
	imageRule = provider.ImageRule{Field: "image", Who: "OpenAI", Types: pictureTypes, MaxBytes: maxPicture - 1}
	maskRule  = provider.ImageRule{Field: "mask", Who: "OpenAI", Types: []string{"image/png"}, MaxBytes: maxMask - 1}
)

func buy(ctx context.Context, c provider.Call, r provider.Request) (provider.Answer, error) {
	r.Paid, r.Authorize = true, provider.Bearer(c)
	res, err := c.HTTP.Do(ctx, c, r)
	if err != nil {
		return provider.Answer{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Answer{}, failure(res)
	}
	return parse(c, res, c.Model)
}

// parse reads a whole answer. GPT models always send base64; an address is
// what a gateway in front of them may send. Pictures count even if something
// beside them has an odd type; JSON without a list of them says nothing of
// what became of the request.
func parse(c provider.Call, res provider.Response, model string) (provider.Answer, error) {
	var w answer
	err := res.Decode(&w)
	a := provider.Answer{Model: model, VendorID: res.Header.Get("X-Request-Id"), Usage: w.Usage}
	if w.Data != nil {
		for _, d := range *w.Data {
			if d.B64 != "" || d.URL != "" {
				a.Results = append(a.Results, provider.Result{Base64: d.B64, URL: d.URL, Prompt: d.RevisedPrompt})
			}
		}
	}
	switch {
	case len(a.Results) > 0:
	case err != nil:
		return provider.Answer{}, err
	case w.Data == nil:
		return provider.Answer{}, fault.New(fault.InDoubt, "answer_unreadable", "OpenAI's answer to a paid request holds no list of pictures.").With(fault.ChargedUnknown)
	}
	var u usage
	if json.Unmarshal(w.Usage, &u) == nil {
		a.Cost = c.Cost(model, nil, u.quantities()...)
	}
	return a, nil
}
