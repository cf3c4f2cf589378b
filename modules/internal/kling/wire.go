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

// reply is every answer: to a submission, a poll, a look-up, and every error.
type reply struct {
	Code    json.RawMessage `json:"code"`
	Message string          `json:"message"`
	Data    job             `json:"data"`
}

type job struct {
	ID     string            `json:"task_id"`
	Status string            `json:"task_status"`
	Reason string            `json:"task_status_msg"`
	Info   map[string]string `json:"task_info"` // external_task_id
	Result struct {
		Images []output `json:"images"`
		Series []output `json:"series_images"`
	} `json:"task_result"`
	deduction
}

type output struct {
	URL       string `json:"url"`
	Watermark string `json:"watermark_url"`
}

// plain is a number or a text without its quotes; empty for null.
func plain(raw json.RawMessage) string {
	return strings.TrimPrefix(strings.Trim(string(raw), `"`), "null")
}

// update maps the vendor's status. One that no page lists means wait, and so
// does success without a URL: to fail there would lose a paid result.
func (j job) update(c provider.Call, marked bool) provider.Update {
	switch j.Status {
	case "succeed", "succeeded":
		results := j.results(marked)
		if len(results) == 0 {
			return provider.Update{Message: "Kling reports success, but names no result yet."}
		}
		a := provider.Answer{VendorID: j.ID, Results: results, Cost: j.cost(c, len(results))}
		a.NoCost = a.Cost == nil && (mainland(c.Account.BaseURL) || strings.Trim(plain(j.Balance), "{}") != "")
		if plain(j.Units)+plain(j.Balance) != "" {
			a.Usage, _ = json.Marshal(j.deduction) // it was JSON before
		}
		return provider.Update{Phase: provider.Done, Progress: 1, Answer: a}
	case "failed":
		return provider.Update{Phase: provider.Failed, Err: codes.Failed(provider.VendorError{Message: j.Reason}, j.charged())}
	}
	return provider.Update{}
}

// results are all images and images of a series, each URL once.
func (j job) results(marked bool) (out []provider.Result) {
	for _, o := range slices.Concat(j.Result.Images, j.Result.Series) {
		r := provider.Result{URL: o.URL}
		if marked && o.Watermark != "" {
			r.URL = o.Watermark
		}
		if r.URL != "" && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}
