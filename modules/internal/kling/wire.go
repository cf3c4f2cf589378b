package kling

import (
	"encoding/json"
	"slices"
	"strings"

	"aigc/app/provider"
)

// request is the body of either endpoint.
type request struct {
	Model          string              `json:"model_name"`
	Prompt         string              `json:"prompt"`
	NegativePrompt string              `json:"negative_prompt,omitempty"`
	Image          string              `json:"image,omitempty"`
	Images         []map[string]string `json:"image_list,omitempty"`
	ImageReference string              `json:"image_reference,omitempty"`
	ImageFidelity  *float64            `json:"image_fidelity,omitempty"`
	HumanFidelity  *float64            `json:"human_fidelity,omitempty"`
	Elements       []Element           `json:"element_list,omitempty"`
	Resolution     string              `json:"resolution,omitempty"`
	N              int                 `json:"n"`
	AspectRatio    string              `json:"aspect_ratio,omitempty"`
	ResultType     string              `json:"result_type,omitempty"`
	SeriesAmount   json.RawMessage     `json:"series_amount,omitempty"` // a number, or "auto"
	Watermark      map[string]bool     `json:"watermark_info,omitempty"`
	ExternalTaskID string              `json:"external_task_id,omitempty"`
}

// reply is the body of every answer: to a submission, a poll, a look-up, and of
// every error.
type reply struct {
	Code    provider.Text `json:"code"`
	Message provider.Text `json:"message"`
	Data    job           `json:"data"`

	response provider.Response // of which it is the body
}

type job struct {
	ID     provider.Text            `json:"task_id"`
	Status provider.Text            `json:"task_status"`
	Reason provider.Text            `json:"task_status_msg"`
	Info   map[string]provider.Text `json:"task_info"` // external_task_id
	Result struct {
		Images provider.Items[output] `json:"images"`
		Series provider.Items[output] `json:"series_images"`
	} `json:"task_result"`
	deduction
}

type output struct {
	URL       string `json:"url"`
	Watermark string `json:"watermark_url"`
}

// unquoted is a JSON number or string as text; empty for null.
func unquoted(raw json.RawMessage) string {
	return strings.TrimPrefix(strings.Trim(string(raw), `"`), "null")
}

// update maps the vendor's status. An undocumented status means wait, and so does
// success without a URL: failing the task there would lose a paid result.
func (j job) update(c provider.Call, watermarked bool) provider.Update {
	switch j.Status {
	case "succeed", "succeeded":
		results := j.results(watermarked)
		if len(results) == 0 {
			return provider.Update{Message: "Kling reports success, but the answer holds no result yet."}
		}
		a := provider.Answer{VendorID: string(j.ID), Results: results, Cost: j.cost(c, len(results))}
		a.NoCost = a.Cost == nil && (isMainland(c.Account.BaseURL) || strings.Trim(unquoted(j.Balance), "{}") != "")
		if unquoted(j.Units)+unquoted(j.Balance) != "" {
			a.Usage, _ = json.Marshal(j.deduction) // decoded from JSON, so it can be encoded
		}
		return provider.Update{Phase: provider.Done, Progress: 1, Answer: a}
	case "failed":
		u := provider.Update{Phase: provider.Failed, Err: codes.Failed(provider.VendorError{Message: string(j.Reason)}, j.charged())}
		if !isMainland(c.Account.BaseURL) { // which reports no price of a unit
			u.Cost = j.cost(c, 0)
		}
		return u
	}
	return provider.Update{}
}

// results are the URLs of images and series_images, without duplicates.
func (j job) results(watermarked bool) (out []provider.Result) {
	for _, o := range slices.Concat(j.Result.Images, j.Result.Series) {
		r := provider.Result{URL: o.URL}
		if watermarked && o.Watermark != "" {
			r.URL = o.Watermark
		}
		if r.URL != "" && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}
