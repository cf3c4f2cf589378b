package stability

import (
	"context"
	"net/http"

	"aigc/app/provider"
)

// Generator makes images with the shared [Input].
type Generator struct{}

// Generate implements [provider.Generator]. It asks for the image itself, which is a
// quarter shorter than JSON with base64; the headers hold the remaining values.
func (Generator) Generate(ctx context.Context, c provider.Call, in Input) (provider.Answer, error) {
	can := capabilitiesOf(c.Model)
	req, _ := in.request(c.Model)
	form, e := req.form(), provider.NewEmbedder(c)
	if file, ok := e.Open(ctx, can.imageRule(), in.sentImage(can)); ok {
		form.File("image", file)
	}
	if form.Len() > maxRequest {
		e.Fault("image", title+" takes requests of at most 10 MB")
	}
	if err := e.Err(); err != nil {
		return provider.Answer{}, err
	}
	header := http.Header{"Accept": {"image/*"}}
	if in.User != "" {
		header.Set("Stability-Client-User-Id", in.User)
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: can.Path, Form: form, Header: header, Paid: true, RawOK: true, Authorize: provider.Bearer(c)})
	if err != nil {
		return provider.Answer{}, err
	}
	return parse(c, res)
}

// parse reads a complete answer: the image itself, or JSON if a gateway in front of the
// vendor answers so.
func parse(c provider.Call, res provider.Response) (provider.Answer, error) {
	if !res.OK() {
		return provider.Answer{}, responseFault(res)
	}
	a := read(res)
	switch {
	case a.FinishReason == contentFiltered:
		return provider.Answer{}, codes.Fault(res, provider.VendorError{Code: contentFiltered})
	case a.Image == "":
		return provider.Answer{}, res.NoResult(title + "'s answer to a paid request holds no image.")
	}
	return provider.Answer{Model: c.Model, VendorID: res.Header.Get("X-Request-Id"), Results: []provider.Result{a.result()}}, nil
}
