package jimeng

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// Driver makes images of the input of a vertical.
type Driver[In seedream.Source] struct{}

const version = "&Version=2022-08-31"

// Submit implements [provider.Driver].
func (Driver[In]) Submit(ctx context.Context, c provider.Call, source In) (provider.Ticket, error) {
	in := source.Request()
	s, deliver, _ := newSubmission(in, c.Model)
	body, err := embed(ctx, provider.NewEmbedder(c), in, &s)
	if err != nil {
		return provider.Ticket{}, err
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/?Action=CVSync2AsyncSubmitTask" + version, Body: body, Paid: true, Authorize: authorize(c)})
	if err != nil {
		return provider.Ticket{}, err
	}
	var w envelope
	err = res.Decode(&w)
	switch p := w.problem(); {
	case res.OK() && (w.Code == success || w.Code == "") && w.Data.TaskID != "":
	case !res.OK(), err == nil && p.Code != success && p.Code != "":
		return provider.Ticket{}, codes.Fault(res, p)
	default:
		return provider.Ticket{}, res.NoTicket(title + " answered a paid request without a task id.")
	}
	reqJSON, _ := json.Marshal(deliver) // plain values
	data, _ := json.Marshal(query{ReqKey: s.ReqKey, ReqJSON: string(reqJSON)})
	return provider.Ticket{ID: string(w.Data.TaskID), Data: data}, nil
}

// Poll implements [provider.Driver].
func (Driver[In]) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	body := query{ReqKey: c.Model, ReqJSON: `{"return_url":true}`}
	_ = json.Unmarshal(t.Data, &body) // a ticket without data is polled with the defaults
	body.TaskID = t.ID
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/?Action=CVSync2AsyncGetResult" + version, Body: body, Authorize: authorize(c)})
	if err != nil {
		return provider.Update{}, err
	}
	var w envelope
	err = provider.Unmarshal(res.Body, &w)
	switch p := w.problem(); {
	case err == nil && p.Code == unknownJob:
		return notFound(c), nil
	case err == nil && isJobError(res.Status, p):
		return provider.Update{Phase: provider.Failed, Err: codes.Failed(p, fault.ChargedUnknown)}, nil
	case !res.OK(), err == nil && p.Code != success:
		return provider.Update{}, codes.Fault(res, p)
	case err != nil:
		return provider.Update{}, fault.Wrap(err, fault.Unavailable, "answer_unreadable", "The answer of %s cannot be read.", title)
	}
	return w.update(c, t), nil
}

// replicationLag is how long after its submission a job may be unknown to the
// vendor.
const replicationLag = 30 * time.Second

// update maps the vendor's status. An undocumented status means wait, and so does
// a finished job without images.
func (w envelope) update(c provider.Call, t provider.Ticket) provider.Update {
	switch w.Data.Status {
	case "done":
		a := provider.Answer{Model: c.Model, VendorID: t.ID}
		for _, address := range w.Data.Addresses {
			a.Results = append(a.Results, provider.Result{URL: address})
		}
		for _, text := range w.Data.Base64 {
			a.Results = append(a.Results, provider.Result{Base64: text})
		}
		a.Results = slices.DeleteFunc(a.Results, func(r provider.Result) bool { return r == provider.Result{} })
		if len(a.Results) == 0 {
			return provider.Update{}
		}
		a.Cost = c.Cost(c.Model, nil, provider.Quantity{Unit: "image", N: int64(len(a.Results))})
		return provider.Update{Phase: provider.Done, Answer: a}
	case "expired":
		return jobFailed(fault.VendorFailed, "vendor_failed", "%s reports that the job expired before it was done.")
	case "not_found":
		return notFound(c)
	}
	return provider.Update{}
}

// notFound is the update for a job that the vendor does not know: wait during the
// replication lag, then failed.
func notFound(c provider.Call) provider.Update {
	if c.Age <= replicationLag {
		return provider.Update{}
	}
	return jobFailed(fault.ResultExpired, provider.JobNotFound, "%s does not know the job; it keeps jobs for 12 hours.")
}

func jobFailed(kind fault.Kind, code, message string) provider.Update {
	return provider.Update{Phase: provider.Failed, Err: fault.New(kind, code, message, title).WithCharge(fault.ChargedUnknown)}
}

// embed puts the input images into a submission: as base64 for models that edit
// one image, as addresses for the others, which support nothing else.
func embed(ctx context.Context, e *provider.Embedder, in seedream.Request, s *submission) (*jsonblob.Body, error) {
	t := CapabilitiesOf(s.ReqKey)
	rule := provider.ImageRule{Field: "image", Who: "Jimeng", Types: []string{"image/png", "image/jpeg"}, MaxBytes: 15 << 20, MaxSide: 4096, MaxStretch: 3}
	switch {
	case t.EditsOne:
		rule.MaxBytes = 4_700_000
		s.Base64 = e.AddAll(ctx, rule, in.Inputs)
	case t.MaxInputs > 0:
		for _, img := range in.Inputs {
			file, ok := e.Open(ctx, rule, img)
			if ok && file.URL == "" {
				e.Fault("image", needsPublicURL)
			}
			s.Addresses = append(s.Addresses, file.URL)
		}
	}
	return e.Body(s)
}

const needsPublicURL = "Jimeng's 4.x models accept images only by URL, and this server has no public URL: set AIGC_PUBLIC_URL, or use the model jimeng_i2i_v30"
