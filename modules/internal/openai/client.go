package openai

import (
	"context"
	"encoding/json"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Generator makes images from text.
type Generator struct {
	Azure bool // at Azure OpenAI and not at OpenAI
}

// Generate implements [provider.Generator].
func (g Generator) Generate(ctx context.Context, c provider.Call, in GenerateInput) (provider.Answer, error) {
	body, _ := in.request(c.Model)
	h := hostOf(g.Azure)
	address, err := h.address(c, generations, &body)
	if err != nil {
		return provider.Answer{}, err
	}
	return h.submit(ctx, c, provider.Request{URL: address, Body: body})
}

// Editor makes images from images.
type Editor struct {
	Azure bool // at Azure OpenAI and not at OpenAI
}

// Generate implements [provider.Generator]. The files are streamed; those that the
// vendor would refuse are reported before anything is sent, and before the account is
// looked at: when a task is accepted, files are checked without one.
func (g Editor) Generate(ctx context.Context, c provider.Call, in EditInput) (provider.Answer, error) {
	body, _ := in.request(c.Model)
	h := hostOf(g.Azure)
	imageRule, maskRule := h.fileRules()
	form := provider.NewForm()
	e := provider.NewEmbedder(c)
	e.EditFiles(ctx, form, imageRule, in.images(), maskRule, in.Mask)
	if err := e.Err(); err != nil {
		return provider.Answer{}, err
	}
	address, err := h.address(c, edits, &body)
	if err != nil {
		return provider.Answer{}, err
	}
	if err := body.fields(form); err != nil {
		return provider.Answer{}, fault.Wrap(err, fault.Unavailable, "request_body", "The request body could not be built; nothing was sent.").WithCharge(fault.ChargedNo)
	}
	return h.submit(ctx, c, provider.Request{URL: address, Form: form})
}

// The paths of the two calls, below the address of the API.
const (
	generations = "/images/generations"
	edits       = "/images/edits"
)

// host is what differs between OpenAI and Azure OpenAI.
type host struct {
	title string
	auth  provider.Auth
	codes provider.ErrorTable
	// address is the URL of a call. It may change the model in the body. Its error is a
	// fault: nothing can be sent.
	address func(c provider.Call, path string, body *imageRequest) (string, error)
}

// hostOf is the host of a driver.
func hostOf(azure bool) host {
	if azure {
		return host{azureTitle, provider.HeaderKey("api-key"), azureCodes, azureAddress}
	}
	return host{title, provider.Bearer, codes, func(_ provider.Call, path string, _ *imageRequest) (string, error) { return path, nil }}
}

// fileRules are the rules of the files of an edit: images under 50 MB, a mask under 4 MB.
func (h host) fileRules() (image, mask provider.ImageRule) {
	return provider.ImageRule{Field: "image", Who: h.title, Types: []string{"image/png", "image/jpeg", "image/webp"}, MaxBytes: 50<<20 - 1},
		provider.ImageRule{Field: "mask", Who: h.title, Types: []string{"image/png"}, MaxBytes: 4<<20 - 1, Alpha: true}
}

// submit sends a paid request and reads the complete answer.
func (h host) submit(ctx context.Context, c provider.Call, r provider.Request) (provider.Answer, error) {
	r.Paid, r.Authorize = true, h.auth(c)
	res, err := c.HTTP.Do(ctx, c, r)
	if err != nil {
		return provider.Answer{}, err
	}
	if !res.OK() {
		return provider.Answer{}, h.responseFault(c, res)
	}
	return h.parse(c, res)
}

// parse reads a complete answer. GPT models always send base64; a gateway in front
// of them may send URLs. Images count even if another field of the answer has an
// unexpected type. JSON without a list of images leaves open whether the request
// was executed.
func (h host) parse(c provider.Call, res provider.Response) (provider.Answer, error) {
	var w answer
	err := res.Decode(&w)
	a := provider.Answer{Model: c.Model, VendorID: res.Header.Get("X-Request-Id"), Usage: w.usageWithFilters()}
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
		return provider.Answer{}, res.NoResult(h.title + "'s answer to a paid request holds no list of images.")
	}
	var u usage
	if json.Unmarshal(w.Usage, &u) == nil {
		a.Cost = c.Cost(c.Model, nil, u.quantities()...)
	}
	return a, nil
}
