package bfl

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
)

// Driver makes images of an [Input].
type Driver struct{ jobs }

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
	req.setImages(can, e.AddAll(ctx, can.imageRule(), in.images(can)))
	body, err := e.Body(req)
	if err != nil {
		return provider.Ticket{}, err
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: can.Path, Body: body, Paid: true, Authorize: authorize(c)})
	if err != nil {
		return provider.Ticket{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Ticket{}, failure(res)
	}
	var w submitted
	if err := provider.Unmarshal(res.Body, &w); err != nil || w.ID == "" {
		return provider.Ticket{}, fault.New(fault.InDoubt, "no_ticket", "Black Forest Labs answered a paid request without a job id.").WithCharge(fault.ChargedUnknown)
	}
	return w.ticket(), nil
}

// jobs is what the drivers share: all jobs are polled alike.
type jobs struct{}

// lagging is how long a cluster may not know a job that it has just been given.
const lagging = 30 * time.Second

// Poll implements [provider.Driver]: it asks for a job at the address that its
// ticket names.
func (jobs) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	address, named := pollingURL(c.Account, t)
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: address, Authorize: authorize(c), Trusted: sibling})
	if err != nil {
		return provider.Update{}, err
	}
	w, ok := readPoll(res)
	if !ok {
		if res.Status != http.StatusOK {
			return provider.Update{}, failure(res)
		}
		return provider.Update{}, fault.New(fault.Unavailable, "answer_unreadable", "Black Forest Labs' answer cannot be read.")
	}
	return w.update(named && c.Age > lagging), nil
}

// pollingURL is where to ask: exactly where the vendor said, for a job is not
// known everywhere. An address that must not see the key is not used; then the
// account's own host is asked, which may not know of the job.
func pollingURL(a provider.Account, t provider.Ticket) (address string, named bool) {
	if u, err := url.Parse(t.URL); err == nil && u.Host != "" && (a.SameHost(u) || sibling(u)) {
		return t.URL, true
	}
	return "/v1/get_result?id=" + url.QueryEscape(t.ID), false
}
