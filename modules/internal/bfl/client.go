package bfl

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/provider/hoist"
)

// Submit sends one job. body is the model's own request, with its pictures.
func Submit(ctx context.Context, c provider.Call, path string, body *hoist.Body) (provider.Ticket, error) {
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: path, Body: body, Paid: true, Authorize: authorize(c)})
	if err != nil {
		return provider.Ticket{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Ticket{}, failure(res)
	}
	var w submitted
	if err := read(res.Body, &w); err != nil || w.ID == "" {
		return provider.Ticket{}, fault.New(fault.InDoubt, "no_ticket", "Black Forest Labs answered a paid request without a job id.").With(fault.ChargedUnknown)
	}
	return w.ticket(), nil
}

// lagging is how long a cluster may not know a job that it has just been given.
const lagging = 30 * time.Second

// Poll asks for a job at the address its ticket names.
func Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
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
