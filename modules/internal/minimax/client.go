package minimax

import (
	"cmp"
	"context"
	"fmt"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Driver makes images of an [Input].
type Driver struct{}

// Generate implements [provider.Generator].
func (Driver) Generate(ctx context.Context, c provider.Call, in Input) (provider.Answer, error) {
	can, inputs := capabilitiesOf(c.Model), in.inputs()
	req, _ := in.request(c.Model)
	e := provider.NewEmbedder(c)
	req.setImages(can, e.AddAll(ctx, can.Image, inputs))
	body, err := e.Body(req)
	if err != nil {
		return provider.Answer{}, err
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: can.Paths[min(len(inputs), 1)], Body: body, Paid: true, Authorize: provider.Bearer(c)})
	if err != nil {
		return provider.Answer{}, err
	}
	a, err := parse(res, can, req.N)
	if err != nil {
		return provider.Answer{}, err
	}
	a.Model, a.NoCost = c.Model, !can.H3 // the price of image-01 is not confirmed, so it is a quote only
	if can.H3 {
		a.Cost = cost(c, a.Usage, len(inputs))
	}
	return a, nil
}

// parse reads a complete answer to a request for n images. Images in a 200 count
// whatever else is in it, an error included: they may be paid. That there are none is
// a failure only if the answer says so.
func parse(res provider.Response, can capabilities, n int) (provider.Answer, error) {
	var w answer
	decodeErr := res.Decode(&w)
	a := provider.Answer{VendorID: cmp.Or(res.Header.Get("Trace-Id"), string(w.ID)), Usage: w.Usage, Results: w.results()}
	problem, failed := w.problem()
	made, counted := w.Metadata.Succeeded.Int()
	switch {
	case !res.OK(), failed && len(a.Results) == 0:
		return a, can.Errors.Fault(res, problem)
	case len(a.Results) > 0:
	case decodeErr != nil:
		return a, decodeErr
	case counted && made == 0, string(w.Data) == "[]":
		return a, fault.New(fault.VendorFailed, "vendor_failed", "%s delivered no image: none passed its filter, or all failed.", title).WithCharge(fault.ChargedUnknown)
	default:
		return a, res.NoResult("The answer of " + title + " to a paid request holds no images.")
	}
	if counted && made >= 0 && made < int64(n) {
		a.Warnings = append(a.Warnings, fmt.Sprintf("%s withheld %d of %d images: they did not pass its filter, or failed.", title, int64(n)-made, n))
	}
	return a, nil
}
