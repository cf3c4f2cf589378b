package siliconflow

import (
	"cmp"
	"context"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Driver makes images.
type Driver struct{}

// Generate implements [provider.Generator].
func (Driver) Generate(ctx context.Context, c provider.Call, in Input) (provider.Answer, error) {
	can := capabilitiesOf(c.Model)
	req, _ := in.request(c.Model, can)
	fields := []*string{&req.Image, &req.Image2, &req.Image3}
	e := provider.NewEmbedder(c)
	for i, text := range e.AddAll(ctx, imageRule, in.inputs()) {
		*fields[i] = text
	}
	body, err := e.Body(req)
	if err != nil {
		return provider.Answer{}, err
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/images/generations", Body: body, Paid: true, Authorize: provider.Bearer(c)})
	if err != nil {
		return provider.Answer{}, err
	}
	if !res.OK() {
		return provider.Answer{}, responseFault(res)
	}
	return parse(c, res)
}

// parse reads a complete answer. Images count even if another field of the answer
// has an unexpected type. JSON without a list of images leaves open whether the
// request was executed, and so does a list without a URL: its images may be paid.
func parse(c provider.Call, res provider.Response) (provider.Answer, error) {
	var w answer
	err := res.Decode(&w)
	a := provider.Answer{Model: c.Model, VendorID: res.Header.Get("X-Siliconcloud-Trace-Id"), Results: w.results()}
	switch {
	case len(a.Results) > 0:
		return a, nil
	case err != nil:
		return provider.Answer{}, err
	case w.Images == nil && w.Data == nil:
		e := vendorError(res.Body)
		if e.Message == "" {
			e = provider.ReadError(res.Body)
		}
		e.Message = cmp.Or(e.Message, "The answer of "+title+" to a paid request holds no list of images.")
		return provider.Answer{}, codes.Fault(res, e)
	case len(w.Images)+len(w.Data) > 0:
		return provider.Answer{}, fault.New(fault.InDoubt, "answer_unreadable", "The images in the answer of %s to a paid request have no URL.", title).WithCharge(fault.ChargedUnknown)
	}
	return provider.Answer{}, fault.New(fault.VendorFailed, "vendor_failed", "%s made no image and gave no reason.", title).WithCharge(fault.ChargedUnknown)
}
