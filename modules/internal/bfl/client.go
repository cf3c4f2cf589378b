package bfl

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/provider/hoist"
)

// Submit sends one job. body is the model's own request; pictures in it were
// added to files.
func Submit(ctx context.Context, c provider.Call, path string, body *hoist.Body) (provider.Ticket, error) {
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: path, Body: body, Paid: true, Authorize: authorize(c)})
	if err != nil {
		return provider.Ticket{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Ticket{}, failure(res)
	}
	var w submitted
	if err := res.Decode(&w); err != nil {
		return provider.Ticket{}, err
	}
	if w.ID == "" {
		return provider.Ticket{}, fault.New(fault.InDoubt, "no_ticket", "Black Forest Labs answered without a job id.")
	}
	t := provider.Ticket{ID: w.ID, URL: w.PollingURL}
	if w.Cost != nil {
		t.Cost = provider.USD(*w.Cost / creditsPerDollar)
	}
	return t, nil
}

// creditsPerDollar: one credit is one US cent.
const creditsPerDollar = 100

// lagging is how long a cluster may not know a job it has just been given.
const lagging = 30 * time.Second

// Poll asks for a job at the address its ticket names.
func Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	address := t.URL
	if address == "" {
		address = "/v1/get_result?id=" + url.QueryEscape(t.ID)
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: address, Authorize: authorize(c), Trusted: sibling})
	if err != nil {
		return provider.Update{}, err
	}
	var w polled
	if err := json.Unmarshal(res.Body, &w); err != nil || w.Status == "" {
		// A failed job comes with 422 or 503 and a status; without one it is the
		// asking that failed.
		if res.Status != http.StatusOK {
			return provider.Update{}, failure(res)
		}
		return provider.Update{}, res.Decode(&w)
	}
	return w.update(c.Age), nil
}

// update maps the vendor's status. One that no sheet lists means wait.
func (w polled) update(age time.Duration) provider.Update {
	u := provider.Update{}
	if w.Progress != nil {
		u.Progress = min(max(*w.Progress, 0), 1)
	}
	failed := func(kind fault.Kind, code string, charged fault.Charge, message string) provider.Update {
		u.Phase = provider.Failed
		u.Err = fault.New(kind, code, "%s", message).With(charged)
		u.Err.VendorCode = w.Status
		return u
	}
	switch w.Status {
	case "Ready":
		if w.Result == nil || w.Result.Sample == "" {
			return failed(fault.Broken, "empty_result", fault.ChargedYes, "Black Forest Labs says ready, but names no result.")
		}
		u.Phase, u.Progress = provider.Done, 1
		u.Answer = provider.Answer{VendorID: w.ID, Results: []provider.Result{{URL: w.Result.Sample, Prompt: w.Result.Prompt, Seed: w.Result.Seed}}}
		return u
	case "Request Moderated":
		return failed(fault.Rejected, "content_refused", fault.ChargedNo, "The request was refused by moderation"+w.reasons()+".")
	case "Content Moderated":
		return failed(fault.Rejected, "result_refused", fault.ChargedNo, "The result was refused by moderation"+w.reasons()+".")
	case "Error":
		return failed(fault.VendorFailed, "vendor_failed", "", "Black Forest Labs says that the job failed.")
	case "Task not found":
		if age > lagging {
			return failed(fault.Expired, "job_not_found", "", "Black Forest Labs does not know the job any more.")
		}
	}
	return u
}

func (w polled) reasons() string {
	var d struct {
		Reasons []string `json:"Moderation Reasons"`
	}
	if json.Unmarshal(w.Details, &d) != nil || len(d.Reasons) == 0 {
		return ""
	}
	return ": " + strings.Join(d.Reasons, ", ")
}

// failure reads an answer that is no 200.
func failure(res provider.Response) *fault.Error {
	f := res.Fault("Black Forest Labs", "", detail(res.Body))
	if res.Status == http.StatusForbidden && strings.Contains(f.Safe, "access to this endpoint") {
		f.Code = fault.AccountSetup
	}
	return f
}

// detail is a text, or FastAPI's list of what is wrong where.
func detail(body []byte) string {
	var w struct {
		Detail json.RawMessage `json:"detail"`
	}
	var text string
	var list []struct {
		Loc []any  `json:"loc"`
		Msg string `json:"msg"`
	}
	if json.Unmarshal(body, &w) != nil {
		return ""
	}
	if json.Unmarshal(w.Detail, &text) == nil {
		return text
	}
	var parts []string
	if json.Unmarshal(w.Detail, &list) == nil {
		for _, d := range list {
			where := ""
			if n := len(d.Loc); n > 0 {
				where, _ = d.Loc[n-1].(string)
			}
			parts = append(parts, strings.Trim(where+": "+d.Msg, ": "))
		}
	}
	return strings.Join(parts, "; ")
}
