package vertex

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Driver makes videos with Veo. It also implements [provider.Finder] and
// [provider.Fetcher], for videos in a bucket.
type Driver struct{}

// Submit implements [provider.Driver]. The ticket is the name of the operation,
// without which the job cannot be polled.
func (Driver) Submit(ctx context.Context, c provider.Call, in Input) (provider.Ticket, error) {
	body, _ := in.request(c.Model)
	body.Parameters.StorageURI = storagePrefix(c)
	files := provider.NewEmbedder(c)
	body.embed(ctx, files, in, c.Model)
	sent, err := files.Body(body)
	if err != nil {
		return provider.Ticket{}, err
	}
	res, err := do(ctx, c, provider.Request{URL: modelPath(c) + ":predictLongRunning", Body: sent, Paid: true})
	if err != nil {
		return provider.Ticket{}, err
	}
	if !res.OK() {
		return provider.Ticket{}, responseFault(res)
	}
	var w struct {
		Name provider.Text `json:"name"`
	}
	if err := res.Decode(&w); err != nil {
		return provider.Ticket{}, err
	}
	if w.Name == "" {
		return provider.Ticket{}, res.NoTicket("Google answered a paid request without the name of an operation.")
	}
	return provider.Ticket{ID: string(w.Name)}, nil
}

// modelPath escapes the model id, which may be any text from a caller.
func modelPath(c provider.Call) string {
	return fmt.Sprintf("/v1/projects/%s/locations/%s/publishers/google/models/%s",
		url.PathEscape(c.Account.Attrs[attrProject]), url.PathEscape(c.Account.Attrs[attrLocation]), url.PathEscape(c.Model))
}

// Poll implements [provider.Driver]. An operation is polled by POST at its model's
// path; a GET of its name answers 404.
func (d Driver) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	path, _, ok := strings.Cut(t.ID, "/operations/")
	if !ok {
		return provider.Update{}, fault.New(fault.Internal, "bad_ticket", "The stored operation name cannot be read.")
	}
	res, err := do(ctx, c, provider.Request{URL: "/v1/" + path + ":fetchPredictOperation", Body: map[string]string{"operationName": t.ID}})
	if err != nil {
		return provider.Update{}, err
	}
	if !res.OK() {
		return d.recoverFromBucket(ctx, c, res, t)
	}
	var w operation
	if err := provider.Unmarshal(res.Body, &w); err != nil {
		return provider.Update{}, fault.Wrap(err, fault.Unavailable, "answer_unreadable", "Google's answer cannot be read.")
	}
	u, empty := w.update()
	if empty && storagePrefix(c) != "" { // the videos may be in the bucket all the same
		return d.findInBucket(ctx, c, t), nil
	}
	return u, nil
}

// findInBucket looks in the bucket for the videos of an operation whose answer does not
// hold them. If there are none, the task keeps polling until its deadline.
func (d Driver) findInBucket(ctx context.Context, c provider.Call, t provider.Ticket) provider.Update {
	found, err := d.Find(ctx, c)
	if err != nil || found.Answer == nil {
		return provider.Update{Message: "Google reports the video as done, but neither the answer nor the bucket holds one yet."}
	}
	found.Answer.VendorID = t.ID
	return provider.Update{Phase: provider.Done, Progress: 1, Answer: *found.Answer}
}

// recoverFromBucket looks in the bucket for the videos of an operation that Google
// no longer knows. If there are none, the task keeps polling until its deadline;
// the ticket is kept.
func (d Driver) recoverFromBucket(ctx context.Context, c provider.Call, res provider.Response, t provider.Ticket) (provider.Update, error) {
	if res.Status == http.StatusNotFound {
		if u := d.findInBucket(ctx, c, t); u.Phase == provider.Done {
			return u, nil
		}
	}
	return provider.Update{}, responseFault(res)
}
