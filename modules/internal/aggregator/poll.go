package aggregator

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// ticketData is Ticket.Data.
type ticketData struct {
	Path string `json:"path,omitempty"` // at which this host was found to know its jobs, with {id} for the id; empty until a poll found it
	Size string `json:"size,omitempty"` // requested, see [provider.Result]
}

// imagePaths are the addresses of jobs that hosts have: EvoLink and APIMart, Qiniu and
// sub2api, others.
var imagePaths = []string{"/v1/tasks/{id}", "/v1/images/tasks/{id}", "/v1/images/generations/{id}"}

// poller asks for the state of a job.
type poller struct{}

// Poll implements [provider.MixedDriver] for images.
func (poller) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	return poll(ctx, c, t, imagePaths, nil)
}

// poll asks at the address that the ticket holds or, without one, at each of paths until
// one knows the job; the ticket then keeps it. If none does, the job is waited for: a host
// may know a new job only after some time. elsewhere is the result of a finished job whose
// answer holds none.
func poll(ctx context.Context, c provider.Call, t provider.Ticket, paths []string, elsewhere []provider.Result) (provider.Update, error) {
	var known ticketData
	_ = json.Unmarshal(t.Data, &known) // absent in a ticket without a size, before the first poll
	if known.Path != "" {
		paths = []string{known.Path}
	}
	var failure error
	for _, path := range paths {
		res, err := c.HTTP.Do(ctx, c, provider.Request{URL: jobURL(path, t.ID), Authorize: provider.Bearer(c)})
		if err != nil {
			return provider.Update{}, err
		}
		r, parseErr := parse(res.Body)
		switch {
		case res.Status == http.StatusNotFound || res.Status == http.StatusMethodNotAllowed:
		case !res.OK():
			failure = responseFault(c, res)
		case parseErr != nil: // the page of a web application, which answers any address
		default:
			u := r.update(c, res.Body, t, elsewhere)
			if u.Phase == provider.Wait && !r.isJob(t.ID) {
				continue // an error, or the answer of another service
			}
			setSize(u.Answer.Results, known.Size)
			if u.Phase == provider.Wait && known.Path == "" {
				known.Path = path
				t.Data, _ = json.Marshal(known) // a struct of text
				u.Ticket = &t
			}
			return u, nil
		}
	}
	return provider.Update{Message: "The aggregator does not know the job yet."}, failure
}

// isJob reports whether the answer to a poll is about the job: it has a status or the id.
func (r reply) isJob(id string) bool {
	in := r.inner()
	for _, field := range []provider.Text{r.ID, r.TaskID, in.ID, in.TaskID} {
		if string(field) == id {
			return true
		}
	}
	return r.status() != ""
}

// status is the status word of a job.
func (r reply) status() string {
	status := cmp.Or(r.Status, r.inner().Status)
	if list := r.list(); status == "" && len(list) > 0 {
		status = list[0].Status
	}
	return string(status)
}

// jobURL is the address of a job.
func jobURL(path, id string) string {
	if strings.Contains(path, "?") {
		return strings.ReplaceAll(path, "{id}", url.QueryEscape(id))
	}
	return strings.ReplaceAll(path, "{id}", url.PathEscape(id))
}

// update reads the answer to a poll. An answer without a status that holds results is
// finished. Success without a result is waited for, and so is an error without a status,
// which may be that of the poll: failing the task there would lose a paid result.
func (r reply) update(c provider.Call, body []byte, t provider.Ticket, elsewhere []provider.Result) provider.Update {
	status := r.status()
	results, phase := r.results(), state(status)
	if len(results) == 0 && phase == provider.Done {
		results = elsewhere
	}
	p := r.failure(body)
	switch {
	case phase == provider.Failed:
		return provider.Update{Phase: provider.Failed, Err: errorTable(c.Model).Failed(p, fault.ChargedUnknown)}
	case len(results) > 0 && (phase == provider.Done || status == ""):
		a := r.answer(results)
		a.VendorID = t.ID
		return provider.Update{Phase: provider.Done, Progress: 1, Answer: *a}
	case phase == provider.Done:
		return provider.Update{Message: "The aggregator reports success, but the answer holds no result yet."}
	}
	progress := strings.TrimSuffix(string(cmp.Or(r.Progress, r.inner().Progress)), "%")
	percent, _ := provider.Text(progress).Float()
	return provider.Update{Progress: max(0, min(1, percent/100))}
}

// failure is the error of a job, in the answer to a poll or in its data.
func (r reply) failure(body []byte) provider.VendorError {
	for _, part := range [][]byte{body, r.Data} {
		if p, ok := problem(part); ok {
			return p
		}
	}
	return provider.VendorError{Message: string(cmp.Or(r.Reason, r.inner().Reason))}
}
