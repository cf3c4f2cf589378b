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

// Submit implements [provider.Driver]. Ticket.Data is true if the results are the
// images with the watermark, else false.
func (Driver) Submit(ctx context.Context, c provider.Call, in Input) (provider.Ticket, error) {
	m := capabilitiesOf(c.Model)
	req, _ := in.request(c.Model)
	req.ExternalTaskID = externalID(c)
	e := provider.NewEmbedder(c)
	for _, text := range e.AddAll(ctx, imageRule, in.inputs()) {
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
		return provider.Ticket{}, w.response.NoTicket("Kling answered a paid request without a task id.")
	}
	return provider.Ticket{ID: string(w.Data.ID), Data: json.RawMessage(strconv.FormatBool(req.Watermark["enabled"]))}, nil
}

// externalID is our id of a submission at Kling. It must be unique within an
// account, so it contains the submit id.
func externalID(c provider.Call) string { return c.Task + "-" + c.Submit }

// Poll implements [provider.Driver].
func (Driver) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	w, err := fetchTask(ctx, c, t.ID)
	return w.Data.update(c, string(t.Data) == "true"), err
}

// Find implements [provider.Finder]. Finding nothing proves nothing. The input of
// a found job is not known here, so its results are the images without watermark.
func (Driver) Find(ctx context.Context, c provider.Call) (provider.Outcome, error) {
	w, err := fetchTask(ctx, c, externalID(c))
	if fault.KindOf(err) == fault.Invalid { // 1201, 1203: there is no such task
		err = nil
	}
	if err != nil || w.Data.ID == "" || string(w.Data.Info["external_task_id"]) != externalID(c) {
		return provider.Outcome{}, err
	}
	return provider.Outcome{Ticket: &provider.Ticket{ID: string(w.Data.ID)}}, nil
}

// fetchTask reads a task by Kling's id or by our external id.
func fetchTask(ctx context.Context, c provider.Call, id string) (reply, error) {
	return do(ctx, c, provider.Request{URL: capabilitiesOf(c.Model).Path + "/" + url.PathEscape(id)})
}

// do sends one request and reads its answer, which is empty if there is an error.
// If the vendor refuses the token of a key pair as expired or not yet valid, a new
// token is signed and the request sent once more: a 401 accepted nothing.
func do(ctx context.Context, c provider.Call, r provider.Request) (reply, error) {
	for retried := false; ; retried = true {
		r.Authorize = authorize(c)
		res, err := c.HTTP.Do(ctx, c, r)
		if err != nil {
			return reply{}, err
		}
		var w reply
		_ = json.Unmarshal(res.Body, &w) // another field of an unexpected type must not lose the task id
		code := string(w.Code)
		if res.OK() && (code == "0" || code == "") {
			w.response = res
			return w, nil
		}
		if retried || !c.Account.IsPair() || res.Status != http.StatusUnauthorized || code != notYetValid && code != expired {
			return reply{}, codes.Fault(res, provider.VendorError{Code: code, Message: string(w.Message)})
		}
		tokens.Delete(pairOf(c.Account))
	}
}
