package bfl

import (
	"context"
	"net/url"
	"time"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/module"
	"aigc/app/provider"
)

// Driver makes images of an [Input].
type Driver struct{ poller }

// Submit implements [provider.Driver].
func (Driver) Submit(ctx context.Context, c provider.Call, in Input) (provider.Ticket, error) {
	return submit(ctx, c, in, capabilitiesOf(c.Model))
}

// Plan implements [module.Planner].
func (Driver) Plan(in Input, t module.Target) module.Plan {
	return plan(in, t, capabilitiesOf(t.Model))
}

// Check implements [module.Checker].
func (Driver) Check(in Input, t module.Target) []module.FieldError {
	return check(in, t.Model, capabilitiesOf(t.Model))
}

// submit sends one job.
func submit(ctx context.Context, c provider.Call, in Input, can capabilities) (provider.Ticket, error) {
	req, _ := in.request(c.Model, can)
	e := provider.NewEmbedder(c)
	req.setImages(can, e.AddAll(ctx, can.imageRule(), in.sentImages(can)))
	body, err := e.Body(req)
	if err != nil {
		return provider.Ticket{}, err
	}
	return send(ctx, c, can.Path, body)
}

// send sends the body of one job.
func send(ctx context.Context, c provider.Call, path string, body *jsonblob.Body) (provider.Ticket, error) {
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: path, Body: body, Paid: true, Authorize: authorize(c)})
	if err != nil {
		return provider.Ticket{}, err
	}
	if !res.OK() {
		return provider.Ticket{}, responseFault(res)
	}
	var w submitResponse
	if err := provider.Unmarshal(res.Body, &w); err != nil || w.ID == "" {
		return provider.Ticket{}, res.NoTicket("Black Forest Labs answered a paid request without a job id.")
	}
	return w.ticket(), nil
}

// poller is the Poll of all drivers.
type poller struct{}

// replicationLag is how long after its submission a job may be unknown to a
// cluster.
const replicationLag = 30 * time.Second

// Poll implements [provider.Driver]. It polls the URL of the ticket.
func (poller) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	address, fromTicket := pollingURL(c.Account, t)
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: address, Authorize: authorize(c), Trusted: isVendorHost})
	if err != nil {
		return provider.Update{}, err
	}
	w, ok := readPoll(res)
	if !ok {
		if !res.OK() {
			return provider.Update{}, responseFault(res)
		}
		return provider.Update{}, fault.New(fault.Unavailable, "answer_unreadable", "Black Forest Labs' answer cannot be read.")
	}
	return w.update(fromTicket && c.Age > replicationLag), nil
}

// pollingURL is the URL of the ticket, since not every cluster knows a job. If its
// host must not see the key, it is the account's own host, which may not know the
// job; then fromTicket is false.
func pollingURL(a provider.Account, t provider.Ticket) (address string, fromTicket bool) {
	if u, err := url.Parse(t.URL); err == nil && u.Host != "" && (a.SameHost(u) || isVendorHost(u)) {
		return t.URL, true
	}
	return "/v1/get_result?id=" + url.QueryEscape(t.ID), false
}
