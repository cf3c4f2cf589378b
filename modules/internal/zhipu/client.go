package zhipu

import (
	"context"
	"net/url"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Driver makes images of an [Input]. Models with an asynchronous endpoint give a
// ticket, the others the result.
type Driver struct{}

// Submit implements [provider.MixedDriver].
func (Driver) Submit(ctx context.Context, c provider.Call, in Input) (provider.Outcome, error) {
	can := capabilitiesOf(c.Model)
	req, _ := in.request(c.Model, c.Account.BaseURL)
	req.RequestID = c.Task + "-" + c.Submit // another for each submission: the vendor refuses an id that was used
	w, err := do(ctx, c, provider.Request{URL: can.path(), Body: req, Paid: true})
	if err != nil {
		return provider.Outcome{}, err
	}
	if can.Async {
		return w.ticket()
	}
	return w.result(c)
}

// ticket is the outcome of an asynchronous submission.
func (w reply) ticket() (provider.Outcome, error) {
	switch {
	case w.ID != "":
		return provider.Outcome{Ticket: &provider.Ticket{ID: string(w.ID)}}, nil
	case w.reported().Code != "":
		return provider.Outcome{}, w.fault()
	}
	return provider.Outcome{}, w.response.NoTicket(title + " answered a paid request without a task id.")
}

// result is the outcome of a synchronous submission. Images count even if another
// field of the answer has an unexpected type.
func (w reply) result(c provider.Call) (provider.Outcome, error) {
	a, ok := w.answer(c, w.Data)
	switch {
	case ok:
		return provider.Outcome{Answer: &a}, nil
	case w.reported().Code != "":
		return provider.Outcome{}, w.fault()
	case w.unreadable != nil:
		return provider.Outcome{}, w.unreadable
	case w.Data == nil:
		return provider.Outcome{}, w.response.NoResult("The answer of " + title + " to a paid request holds no list of images.")
	}
	return provider.Outcome{}, fault.New(fault.VendorFailed, "vendor_failed", "%s made no image and gave no reason.", title).WithCharge(fault.ChargedUnknown)
}

// Poll implements [provider.MixedDriver].
func (Driver) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	w, err := do(ctx, c, provider.Request{URL: asyncResult + url.PathEscape(t.ID)})
	switch {
	case err != nil:
		return provider.Update{}, err
	case w.Status != "":
		return w.update(c), nil
	case w.reported().Code != "":
		return provider.Update{}, w.fault()
	}
	return provider.Update{}, w.unreadable
}

// do sends one request and reads its answer. Anything but a success with JSON is an
// error; what a success lacks is for the caller to judge.
func do(ctx context.Context, c provider.Call, r provider.Request) (reply, error) {
	r.Authorize = provider.Bearer(c)
	res, err := c.HTTP.Do(ctx, c, r)
	if err != nil {
		return reply{}, err
	}
	w := reply{response: res}
	w.unreadable = res.Decode(&w)
	if !res.OK() {
		return reply{}, w.fault()
	}
	return w, nil
}
