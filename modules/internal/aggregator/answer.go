package aggregator

import (
	"encoding/json"
	"slices"
	"strings"

	"aigc/app/provider"
)

// reply is what any of the hosts answers, to a submission or a poll. Absent values may
// come as empty strings. A relay wraps the answer of a poll into data.
type reply struct {
	ID       provider.Text                   `json:"id"`
	TaskID   provider.Text                   `json:"task_id"`
	Object   provider.Text                   `json:"object"`
	Status   provider.Text                   `json:"status"`
	Reason   provider.Text                   `json:"fail_reason"`
	Progress provider.Text                   `json:"progress"`
	Data     json.RawMessage                 `json:"data"` // a list of results, a ticket, or the wrapped answer of a poll
	Results  provider.Items[json.RawMessage] `json:"results"`
	Output   provider.Items[json.RawMessage] `json:"output"`
	Images   provider.Items[json.RawMessage] `json:"images"`
	URL      string                          `json:"url"`
	VideoURL string                          `json:"video_url"`
	Metadata struct {
		URL string `json:"url"`
	} `json:"metadata"`
	TaskResult struct {
		Videos provider.Items[item] `json:"videos"`
		Images provider.Items[item] `json:"images"`
	} `json:"task_result"`
	Usage json.RawMessage `json:"usage"`
}

// item is one result.
type item struct {
	B64    string        `json:"b64_json"`
	URL    string        `json:"url"`
	Prompt provider.Text `json:"revised_prompt"`
	TaskID provider.Text `json:"task_id"`
	Status provider.Text `json:"status"`
}

func parse(body []byte) (r reply, err error) {
	err = provider.Unmarshal(body, &r)
	return r, err
}

// list are the items of data, which may be a single one.
func (r reply) list() []item {
	var items provider.Items[item]
	_ = provider.Unmarshal(r.Data, &items)
	return items
}

// inner is data as an object; the zero reply if it is none.
func (r reply) inner() (in reply) {
	_ = provider.Unmarshal(r.Data, &in)
	return in
}

// maxWraps is how often an answer may be wrapped into data: new-api wraps the answer of
// its own vendor, which may be one of these hosts.
const maxWraps = 3

// results are the results of an answer, from the first place that has any.
func (r reply) results() []provider.Result {
	in := r
	for range maxWraps {
		if out := convert(in.list()); len(out) > 0 {
			return out
		}
		for _, place := range [][]string{
			{in.VideoURL}, {in.URL}, {in.Metadata.URL}, addresses(in.TaskResult.Videos), addresses(in.TaskResult.Images),
			texts(in.Results), texts(in.Output), texts(in.Images),
		} {
			if out := atAddresses(place); len(out) > 0 {
				return out
			}
		}
		in = in.inner()
	}
	return nil
}

func atAddresses(list []string) (out []provider.Result) {
	for _, address := range list {
		if address != "" {
			out = append(out, result(item{URL: address}))
		}
	}
	return out
}

func convert(items []item) (out []provider.Result) {
	for _, i := range items {
		if i.B64 != "" || i.URL != "" {
			out = append(out, result(i))
		}
	}
	return out
}

// result is one result. Its address may be a data URL.
func result(i item) provider.Result {
	return provider.Result{Base64: i.B64, URL: i.URL, Prompt: string(i.Prompt)}
}

func addresses(items []item) (out []string) {
	for _, i := range items {
		out = append(out, i.URL)
	}
	return out
}

// texts are addresses written as strings, or as objects with a url.
func texts(list []json.RawMessage) (out []string) {
	for _, raw := range list {
		var text string
		var i item
		_ = json.Unmarshal(raw, &text)
		if text == "" && provider.Unmarshal(raw, &i) == nil {
			text = i.URL
		}
		out = append(out, text)
	}
	return out
}

// ticket is the id of a job; empty if the answer holds none. An id alone is no ticket: it
// may be the id of the request.
func (r reply) ticket() string {
	in := r.inner()
	for _, id := range []provider.Text{r.TaskID, in.TaskID} {
		if id != "" {
			return string(id)
		}
	}
	for _, i := range r.list() {
		if i.TaskID != "" {
			return string(i.TaskID)
		}
	}
	for _, job := range []reply{r, in} {
		if job.ID != "" && (job.Status != "" || strings.HasSuffix(string(job.Object), ".task")) {
			return string(job.ID)
		}
	}
	return ""
}

// isPending reports whether a submission was answered by a job that is not finished: then
// an address beside data is not one of a result. A list of results in data is complete.
func (r reply) isPending() bool {
	return r.ticket() != "" && slices.Contains(waitWords, strings.ToLower(r.status())) && len(convert(r.list())) == 0
}

// outcome reads the answer to a submission, by its shape.
func outcome(c provider.Call, res provider.Response) (provider.Outcome, error) {
	r, err := parse(res.Body)
	p, failed := problem(res.Body)
	switch results, id := r.results(), r.ticket(); {
	case err != nil:
		return provider.Outcome{}, res.Decode(&r)
	case len(results) > 0 && !r.isPending():
		return provider.Outcome{Answer: r.answer(results)}, nil
	case failed:
		return provider.Outcome{}, errorTable(c.Model).Fault(res, p)
	case id != "":
		return provider.Outcome{Ticket: &provider.Ticket{ID: id, Cost: r.cost()}}, nil
	}
	return provider.Outcome{}, res.NoResult("The aggregator's answer to a paid request holds neither a result nor a ticket, so its outcome is unknown.")
}

func (r reply) answer(results []provider.Result) *provider.Answer {
	return &provider.Answer{Results: results, VendorID: string(r.ID), Usage: r.Usage, Cost: r.cost()}
}

// creditUnit is the currency of credits that a host reserved. They are not dollars.
const creditUnit = "evolink_credits"

// cost is what the host says that the task costs, in its own unit; nil if it does not.
func (r reply) cost() *provider.Money {
	var usage struct {
		Reserved  provider.Text `json:"credits_reserved"`
		Estimated provider.Text `json:"estimated_cost"`
	}
	_ = provider.Unmarshal(r.Usage, &usage)
	for _, amount := range []provider.Text{usage.Reserved, usage.Estimated} {
		if credits, ok := amount.Float(); ok && credits >= 0 {
			return provider.NewMoney(credits, creditUnit)
		}
	}
	return nil
}

// The status words of a job, in lower case.
var (
	waitWords   = []string{"submitted", "pending", "queued", "not_start", "processing", "in_progress", "running"}
	doneWords   = []string{"completed", "succeeded", "succeed", "success", "done"}
	failedWords = []string{"failed", "failure", "error", "cancelled", "canceled", "expired"}
)

// state is the phase of a job by its status word. A word that is not known means wait.
func state(word string) provider.Phase {
	word = strings.ToLower(word)
	switch {
	case slices.Contains(doneWords, word):
		return provider.Done
	case slices.Contains(failedWords, word):
		return provider.Failed
	}
	return provider.Wait
}
