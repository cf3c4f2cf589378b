package bfl

import (
	"encoding/json"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// request is the union of the models' bodies. Zero values are left out, since
// FLUX.3 answers 422 to an unknown field.
type request struct {
	Prompt              string   `json:"prompt,omitempty"`
	Seed                *int64   `json:"seed,omitempty"`
	OutputFormat        string   `json:"output_format,omitempty"`
	SafetyTolerance     *int     `json:"safety_tolerance,omitempty"`
	PromptUpsampling    *bool    `json:"prompt_upsampling,omitempty"`
	Width               int      `json:"width,omitempty"`
	Height              int      `json:"height,omitempty"`
	AspectRatio         string   `json:"aspect_ratio,omitempty"`
	Resolution          string   `json:"resolution,omitempty"`
	Grounding           *bool    `json:"grounding,omitempty"`
	Raw                 *bool    `json:"raw,omitempty"`
	Steps               int      `json:"steps,omitempty"`
	Guidance            *float64 `json:"guidance,omitempty"`
	ImagePrompt         string   `json:"image_prompt,omitempty"`
	ImagePromptStrength *float64 `json:"image_prompt_strength,omitempty"`
	Images              []string `json:"images,omitempty"` // FLUX.3
	InputImage          string   `json:"input_image,omitempty"`
	InputImage2         string   `json:"input_image_2,omitempty"`
	InputImage3         string   `json:"input_image_3,omitempty"`
	InputImage4         string   `json:"input_image_4,omitempty"`
	InputImage5         string   `json:"input_image_5,omitempty"`
	InputImage6         string   `json:"input_image_6,omitempty"`
	InputImage7         string   `json:"input_image_7,omitempty"`
	InputImage8         string   `json:"input_image_8,omitempty"`
	Person              string   `json:"person,omitempty"`  // virtual try-on
	Garment             string   `json:"garment,omitempty"` // virtual try-on
}

// setImages sets the fields in which the model receives its images. texts are raw
// base64, or placeholders of it.
func (r *request) setImages(can capabilities, texts []string) {
	switch {
	case can.Strict:
		r.Images = texts
	case can.ImagePrompt:
		if len(texts) > 0 {
			r.ImagePrompt = texts[0]
		}
	default:
		fields := r.inputImageFields()
		for i, text := range texts[:min(len(texts), len(fields))] {
			*fields[i] = text
		}
	}
}

func (r *request) inputImageFields() []*string {
	return []*string{
		&r.InputImage, &r.InputImage2, &r.InputImage3, &r.InputImage4,
		&r.InputImage5, &r.InputImage6, &r.InputImage7, &r.InputImage8,
	}
}

// submitResponse is the answer to a submission.
type submitResponse struct {
	ID         provider.Text `json:"id"`
	PollingURL string        `json:"polling_url,omitempty"`
	Cost       provider.Text `json:"cost"` // credits, or null
	InputMP    float64       `json:"input_mp"`
	OutputMP   float64       `json:"output_mp"`
}

// creditsPerDollar: one credit is one US cent.
const creditsPerDollar = 100

func (w submitResponse) ticket() provider.Ticket {
	t := provider.Ticket{ID: string(w.ID), URL: w.PollingURL}
	if credits, known := w.Cost.Float(); known && credits >= 0 && credits < 1e9 {
		t.Cost = provider.USD(credits / creditsPerDollar)
	}
	return t
}

// pollResponse is the answer to a poll.
type pollResponse struct {
	ID       provider.Text   `json:"id"`
	Status   provider.Text   `json:"status"`
	Progress provider.Text   `json:"progress"`
	Details  json.RawMessage `json:"details"`
	Result   *result         `json:"result"`
}

type result struct {
	Sample string        `json:"sample"`
	Prompt provider.Text `json:"prompt,omitempty"`
	Seed   provider.Text `json:"seed,omitempty"`
}

func (r result) answer() provider.Result {
	out := provider.Result{URL: r.Sample, Prompt: string(r.Prompt)}
	if seed, known := r.Seed.Int(); known {
		out.Seed = &seed
	}
	return out
}

// readPoll reads the answer to a poll with any HTTP status: a failed job may come
// with 422 or 503. If the body has no status, ok is false: the poll failed, not
// the job.
func readPoll(res provider.Response) (w pollResponse, ok bool) {
	err := provider.Unmarshal(res.Body, &w)
	return w, err == nil && w.Status != ""
}

// update maps the vendor's status. An undocumented status means wait, and so does
// a result without a URL: failing the task there would lose a paid result. "Task
// not found" fails the task only if expectFound: the poll went to the ticket's
// URL, after the replication lag.
func (w pollResponse) update(expectFound bool) provider.Update {
	u := provider.Update{}
	if p, ok := w.Progress.Float(); ok && p >= 0 { // false for NaN
		u.Progress = min(p, 1)
	}
	switch w.Status {
	case "Ready":
		if w.Result == nil || w.Result.Sample == "" {
			u.Message = "Black Forest Labs reports the job as ready, but the answer holds no result yet."
			return u
		}
		u.Phase, u.Progress = provider.Done, 1
		u.Answer = provider.Answer{VendorID: string(w.ID), Results: []provider.Result{w.Result.answer()}}
		return u
	case "Request Moderated":
		u.Err = fault.New(fault.Rejected, "content_refused", "The request was refused by moderation%s.", w.reasons()).WithCharge(fault.ChargedNo)
	case "Content Moderated":
		u.Err = fault.New(fault.Rejected, "result_refused", "The result was refused by moderation%s.", w.reasons()).WithCharge(fault.ChargedNo)
	case "Error": // whether it is charged is not confirmed
		u.Err = fault.New(fault.VendorFailed, "vendor_failed", "Black Forest Labs reports that the job failed%s.", w.words()).WithCharge(fault.ChargedUnknown)
	case "Task not found":
		if !expectFound {
			return u
		}
		u.Err = fault.New(fault.ResultExpired, provider.JobNotFound, "Black Forest Labs no longer knows the job.").WithCharge(fault.ChargedUnknown)
	default:
		return u
	}
	u.Phase, u.Err.VendorCode = provider.Failed, provider.VendorCode(string(w.Status))
	return u
}

// reasons are the reasons of moderation, as the end of a sentence; empty if none
// are given.
func (w pollResponse) reasons() string {
	var d struct {
		Reasons provider.Items[string] `json:"Moderation Reasons"`
	}
	if provider.Unmarshal(w.Details, &d) != nil {
		return ""
	}
	if text := provider.Sanitize(strings.Join(d.Reasons, ", ")); text != "" {
		return ": " + text
	}
	return w.words()
}

// words are what the details say, as the end of a sentence; empty if they say nothing.
func (w pollResponse) words() string {
	if text := provider.Sanitize(strings.TrimRight(provider.ReadError(w.Details).Message, ". ")); text != "" {
		return ": " + text
	}
	return ""
}
