package ark

import (
	"context"
	"net/http"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/provider/hoist"
)

// Vendor is Volcengine Ark. It has no free call that needs the key.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "ark", Title: "Volcengine Ark", BaseURL: "https://ark.cn-beijing.volces.com/api/v3",
		Prefix: "ARK", Settings: provider.Keys("ARK"), Imitate: imitate,
	}
}

func authorize(c provider.Call) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+c.Account.Secret.Reveal())
		return nil
	}
}

// Driver draws with the shared [Input].
type Driver struct{}

// Generate implements [provider.Generator].
func (Driver) Generate(ctx context.Context, c provider.Call, in Input) (provider.Answer, error) {
	req, _ := in.wire(c.Model)
	files := &hoist.Files{}
	for _, img := range in.pictures() {
		p, err := c.Inputs.Open(ctx, img)
		if err != nil {
			return provider.Answer{}, err
		}
		// The subtype must be lower case, or the vendor refuses the picture.
		req.Images = append(req.Images, files.Add(hoist.File{Prefix: "data:" + p.MIME + ";base64,", Size: p.Size, Open: p.Open}))
	}
	body, err := files.Embed(req)
	if err != nil {
		return provider.Answer{}, err
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/images/generations", Body: body, Paid: true, Authorize: authorize(c)})
	if err != nil {
		return provider.Answer{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Answer{}, failure(res)
	}
	var w answer
	if err := res.Decode(&w); err != nil {
		return provider.Answer{}, err
	}
	return w.read(res)
}

// read takes the pictures of an answer. Some of a group may have been refused;
// a 200 without any picture can carry the reason.
func (w answer) read(res provider.Response) (provider.Answer, error) {
	a := provider.Answer{Model: w.Model, Usage: w.Usage}
	var refused *fault.Error
	for _, d := range w.Data {
		if d.Error != nil {
			refused = d.Error.fault(http.StatusBadRequest)
			a.Warnings = append(a.Warnings, "One picture was refused: "+refused.Safe)
			continue
		}
		a.Results = append(a.Results, provider.Result{URL: d.URL, Base64: d.B64})
	}
	if len(a.Results) > 0 {
		return a, nil
	}
	if w.Error != nil {
		refused = w.Error.fault(http.StatusBadRequest)
	}
	if refused == nil {
		return a, nil // paid and empty: the host says so
	}
	if refused.Kind != fault.Rejected {
		refused.Kind, refused.Charged = fault.VendorFailed, fault.ChargedNo // only pictures that came are billed
	}
	return a, refused
}
