package kling

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Driver makes images with the shared [Input].
type Driver struct{}

// Submit implements [provider.Driver]. The ticket's data says whether the images
// are wanted with the watermark: true or false.
func (Driver) Submit(ctx context.Context, c provider.Call, in Input) (provider.Ticket, error) {
	m := capabilitiesOf(c.Model)
	req, _ := in.request(c.Model)
	req.ExternalTaskID = external(c)
	e := provider.NewEmbedder(c)
	for _, text := range e.AddAll(ctx, imageRule, in.sent(m)) {
		if m.Omni {
			req.Images = append(req.Images, map[string]string{"image": text})
		} else {
			req.Image = text
		}
	}
	body, err := e.Body(req)
	if err != nil {
		return provider.Ticket{}, err
	}
	w, err := do(ctx, c, provider.Request{URL: m.Path, Body: body, Paid: true})
	if err != nil {
		return provider.Ticket{}, err
	}
	if w.Data.ID == "" {
		return provider.Ticket{}, fault.New(fault.InDoubt, "no_ticket", "Kling answered a paid request without a task id.").WithCharge(fault.ChargedUnknown)
	}
	return provider.Ticket{ID: w.Data.ID, Data: json.RawMessage(strconv.FormatBool(req.Watermark["enabled"]))}, nil
}

// external is our name of a submission at Kling, which must be unique in an
// account: a repeated submission has another.
func external(c provider.Call) string { return c.Task + "-" + c.Submit }

// Poll implements [provider.Driver].
func (Driver) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	w, err := ask(ctx, c, t.ID)
	return w.Data.update(c, string(t.Data) == "true"), err
}

// Find implements [provider.Finder]. Nothing found proves nothing. What a found
// job was asked for is not known here: its images come without a watermark.
func (Driver) Find(ctx context.Context, c provider.Call) (provider.LookupResult, error) {
	w, err := ask(ctx, c, external(c))
	if fault.KindOf(err) == fault.Invalid { // 1201, 1203: there is no such task
		err = nil
	}
	if err != nil || w.Data.ID == "" || w.Data.Info["external_task_id"] != external(c) {
		return provider.LookupResult{}, err
	}
	return provider.LookupResult{Ticket: &provider.Ticket{ID: w.Data.ID}}, nil
}

// ask reads a task by its id or by our name of it.
func ask(ctx context.Context, c provider.Call, id string) (reply, error) {
	return do(ctx, c, provider.Request{URL: capabilitiesOf(c.Model).Path + "/" + url.PathEscape(id)})
}

// do sends one request and reads its answer, which is empty beside an error. If it finds the token of a key pair too new or too old, another is
// signed and the request repeated, once: a 401 accepted nothing.
func do(ctx context.Context, c provider.Call, r provider.Request) (reply, error) {
	for again := false; ; again = true {
		r.Authorize = authorize(c)
		res, err := c.HTTP.Do(ctx, c, r)
		if err != nil {
			return reply{}, err
		}
		var w reply
		_ = json.Unmarshal(res.Body, &w) // a value of an odd type must not lose the task id beside it
		code := plain(w.Code)
		if res.Status == http.StatusOK && (code == "0" || code == "") {
			return w, nil
		}
		if again || !c.Account.IsPair() || res.Status != http.StatusUnauthorized || code != notYetValid && code != expired {
			return reply{}, codes.Fault(res, provider.VendorError{Code: code, Message: w.Message})
		}
		tokens.Delete(pairOf(c.Account))
	}
}
