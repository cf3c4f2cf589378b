package minimax

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Driver makes images of an [Input].
type Driver struct{}

// Generate implements [provider.Generator].
func (Driver) Generate(ctx context.Context, c provider.Call, in Input) (provider.Answer, error) {
	can := capabilitiesOf(c.Model)
	req, _ := in.request(c.Model)
	e := provider.NewEmbedder(c)
	req.setImages(can, e.AddAll(ctx, can.imageRule(), in.inputs()))
	body, err := e.Body(req)
	if err != nil {
		return provider.Answer{}, err
	}
	inputs := len(in.inputs())
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: can.path(inputs), Body: body, Paid: true, Authorize: provider.Bearer(c)})
	if err != nil {
		return provider.Answer{}, err
	}
	var w answer
	decodeErr := res.Decode(&w)
	if res.Status != http.StatusOK {
		return provider.Answer{}, w.fault(can, res)
	}
	a := provider.Answer{Model: c.Model, VendorID: cmp.Or(res.Header.Get("Trace-Id"), string(w.ID)), Usage: w.Usage, Results: w.results()}
	if err := w.check(can, res, len(a.Results), decodeErr); err != nil {
		return provider.Answer{}, err
	}
	if can.H3 {
		a.Cost = w.cost(c, inputs)
	}
	if made, known := w.Metadata.Succeeded.Int(); known && made >= 0 && made < int64(req.N) {
		a.Warnings = append(a.Warnings, fmt.Sprintf("%s withheld %d of %d images: they did not pass its filter, or failed.", title, int64(req.N)-made, req.N))
	}
	return a, nil
}

// check is the fault of an answer with status 200. Its code decides. Images that come
// with a code of unknown meaning count, as those beside a field of an unexpected
// type. That there are none is a failure only if the answer says so.
func (w answer) check(can capabilities, res provider.Response, images int, decodeErr error) error {
	if w.failed() {
		if f := w.fault(can, res); images == 0 || f.Kind != fault.InDoubt {
			return f
		}
	}
	switch made, counted := w.Metadata.Succeeded.Int(); {
	case images > 0:
		return nil
	case decodeErr != nil:
		return decodeErr
	case counted && made == 0, string(w.Data) == "[]":
		return fault.New(fault.VendorFailed, "vendor_failed", "%s delivered no image: none passed its filter, or all failed.", title).WithCharge(fault.ChargedUnknown)
	}
	return fault.New(fault.InDoubt, "answer_unreadable", "The answer of %s to a paid request holds no images.", title).WithCharge(fault.ChargedUnknown)
}
