package tencent

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/modules/internal/hunyuan"
)

// Driver makes images with HunyuanImage 3.0.
type Driver struct{}

// request is a signed request for an action. body is sent as JSON.
func request(c provider.Call, action string, body any) provider.Request {
	return provider.Request{URL: "/", Body: body, Authorize: authorize(c), Header: http.Header{
		"X-Tc-Action": {action}, "X-Tc-Version": {"2022-12-29"}, "X-Tc-Region": {"ap-guangzhou"},
	}}
}

// Submit implements [provider.Driver].
func (Driver) Submit(ctx context.Context, c provider.Call, in hunyuan.Input) (provider.Ticket, error) {
	s, _ := newSubmission(in, c.Model)
	e := provider.NewEmbedder(c)
	embed(ctx, e, in, &s)
	body, err := e.Body(s)
	if err != nil {
		return provider.Ticket{}, err
	}
	r := request(c, "SubmitTextToImageJob", body)
	r.Paid = true
	res, err := c.HTTP.Do(ctx, c, r)
	if err != nil {
		return provider.Ticket{}, err
	}
	var w envelope
	err = res.Decode(&w)
	switch p := w.problem(); {
	case res.OK() && w.Response.JobID != "":
		return provider.Ticket{ID: string(w.Response.JobID)}, nil
	case !res.OK() || p.Code != "":
		return provider.Ticket{}, codes.Fault(res, p)
	case err != nil:
		return provider.Ticket{}, err
	}
	return provider.Ticket{}, res.NoTicket(title + " answered a paid request without a job id.")
}

// Poll implements [provider.Driver].
func (Driver) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	res, err := c.HTTP.Do(ctx, c, request(c, "QueryTextToImageJob", query{JobID: t.ID}))
	if err != nil {
		return provider.Update{}, err
	}
	var w envelope
	err = provider.Unmarshal(res.Body, &w)
	switch p := w.problem(); {
	case p.Code == unknownJob && c.Age <= replicationLag:
		return provider.Update{}, nil
	case p.Code == unknownJob:
		return provider.Update{Phase: provider.Failed, Err: fault.New(fault.ResultExpired, provider.JobNotFound, "%s does not know the job.", title).WithCharge(fault.ChargedUnknown)}, nil
	case !res.OK() || p.Code != "":
		return provider.Update{}, codes.Fault(res, p)
	case err != nil:
		return provider.Update{}, fault.Wrap(err, fault.Unavailable, "answer_unreadable", "The answer of %s cannot be read.", title)
	}
	return w.update(c, t), nil
}

// replicationLag is how long after its submission a job may be unknown to the vendor.
const replicationLag = 30 * time.Second

// update maps the vendor's status. Another status means wait, and so does a finished job
// that has neither an image nor a reason for it. It is not documented that a failed job
// is free.
func (w envelope) update(c provider.Call, t provider.Ticket) provider.Update {
	r := w.Response
	failed := func(code, message string) provider.Update {
		return provider.Update{Phase: provider.Failed, Err: codes.Failed(provider.VendorError{Code: code, Message: message}, fault.ChargedUnknown)}
	}
	switch r.JobStatusCode {
	case statusFailed:
		return failed(string(r.JobErrorCode), string(cmp.Or(r.JobErrorMsg, r.JobStatusMsg)))
	case statusDone:
		a := provider.Answer{Model: c.Model, VendorID: t.ID}
		for i, address := range r.ResultImage {
			if address != "" {
				a.Results = append(a.Results, provider.Result{URL: address, Prompt: r.RevisedPrompt.at(i)})
			}
		}
		if len(a.Results) > 0 {
			return provider.Update{Phase: provider.Done, Progress: 1, Answer: a}
		}
		if reason := r.ResultDetails.at(0); reason != "" && reason != detailSuccess {
			return failed(reason, reason)
		}
	}
	return provider.Update{}
}

// The limits of a request and its images, after their conversion to base64.
const (
	maxBody   = 10<<20 - 64<<10 // bytes, without the other fields
	maxBase64 = 6<<20 - 1       // characters of an image
)

var imageRule = provider.ImageRule{
	Field: "images", Who: title, Types: []string{"image/jpeg", "image/png", "image/bmp", "image/tiff", "image/webp"},
	MaxBase64: maxBase64, MinSide: 50, MaxSide: 5000,
}

// embed puts the input images and the logo into a submission: as base64, and as URLs
// where they would make the request too large.
func embed(ctx context.Context, e *provider.Embedder, in hunyuan.Input, s *submission) {
	room := int64(maxBody)
	add := func(rule provider.ImageRule, img provider.ImageRef) (data, address string) {
		file, ok := e.Open(ctx, rule, img)
		size := int64(base64.StdEncoding.EncodedLen(int(file.Size)))
		switch {
		case !ok:
		case size <= room:
			room -= size
			return e.Add(ctx, rule, img), ""
		case file.URL == "":
			e.Fault(rule.Field, title+" takes at most 7 MB of images in one request, unless AIGC_PUBLIC_URL is set")
		}
		return "", file.URL
	}
	for _, img := range in.Inputs() {
		data, address := add(imageRule, img)
		s.Images = append(s.Images, cmp.Or(data, address))
	}
	if in.Watermark && in.LogoImage != "" {
		s.LogoParam = &logoParam{LogoRect: (*logoRect)(in.LogoRect)}
		s.LogoParam.LogoImage, s.LogoParam.LogoURL = add(provider.ImageRule{Field: "logo_image", Who: title}, in.LogoImage)
	}
}
