package fashn

import (
	"context"
	"net/http"
	"net/url"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/modules/internal/tryon"
)

// Driver dresses persons.
type Driver struct{}

// Submit implements [provider.Driver].
func (Driver) Submit(ctx context.Context, c provider.Call, in tryon.Input) (provider.Ticket, error) {
	req, _ := newRun(in, c.Model)
	e := provider.NewEmbedder(c)
	req.Inputs.ModelImage = e.Add(ctx, imageRule("person_image"), in.Person())
	req.setGarment(e.Add(ctx, imageRule("garment_image"), in.Garment()))
	body, err := e.Body(req)
	if err != nil {
		return provider.Ticket{}, err
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/run", Body: body, Paid: true, Authorize: provider.Bearer(c)})
	if err != nil {
		return provider.Ticket{}, err
	}
	if !res.OK() {
		return provider.Ticket{}, codes.Fault(res, errorOf(res.Body, c.Model))
	}
	var w reply
	if err := provider.Unmarshal(res.Body, &w); err != nil || w.ID == "" {
		return provider.Ticket{}, res.NoTicket("FASHN answered a paid request without an id.")
	}
	return provider.Ticket{ID: string(w.ID)}, nil
}

// Poll implements [provider.Driver].
func (Driver) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/status/" + url.PathEscape(t.ID), Authorize: provider.Bearer(c)})
	if err != nil {
		return provider.Update{}, err
	}
	if !res.OK() {
		p := errorOf(res.Body, "")
		if res.Status == http.StatusNotFound && p.Code == notFound {
			return lost(c.Age), nil
		}
		return provider.Update{}, codes.Fault(res, p)
	}
	var w reply
	if err := provider.Unmarshal(res.Body, &w); err != nil {
		return provider.Update{}, fault.Wrap(err, fault.Unavailable, "answer_unreadable", "FASHN's answer cannot be read.")
	}
	return w.update(t, res.Header), nil
}
