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

// Client polls, fetches and looks up; a vertical embeds it and adds the
// submission of its input.
type Client struct{}

// Submit starts a job and returns the operation's name, which is the only
// handle there is.
func Submit(ctx context.Context, c provider.Call, body Request, files *provider.Embedder) (provider.Ticket, error) {
	body.Parameters.StorageURI = storage(c)
	sent, err := files.Body(body)
	if err != nil {
		return provider.Ticket{}, err
	}
	res, err := do(ctx, c, provider.Request{URL: modelPath(c) + ":predictLongRunning", Body: sent, Paid: true})
	if err != nil {
		return provider.Ticket{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Ticket{}, failure(res)
	}
	var w struct {
		Name string `json:"name"`
	}
	if err := res.Decode(&w); err != nil {
		return provider.Ticket{}, err
	}
	if w.Name == "" {
		return provider.Ticket{}, fault.New(fault.InDoubt, "no_ticket", "Google answered without the name of an operation.").With(fault.ChargedUnknown)
	}
	return provider.Ticket{ID: w.Name}, nil
}

// modelPath holds a model id that a caller may have made up.
func modelPath(c provider.Call) string {
	return fmt.Sprintf("/v1/projects/%s/locations/%s/publishers/google/models/%s",
		url.PathEscape(c.Account.Attrs[attrProject]), url.PathEscape(c.Account.Attrs[attrLocation]), url.PathEscape(c.Model))
}

// Poll asks for an operation. Its name says where: a plain GET answers 404.
func (cl Client) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	path, _, ok := strings.Cut(t.ID, "/operations/")
	if !ok {
		return provider.Update{}, fault.New(fault.Internal, "bad_ticket", "The stored operation name cannot be read.")
	}
	res, err := do(ctx, c, provider.Request{URL: "/v1/" + path + ":fetchPredictOperation", Body: map[string]string{"operationName": t.ID}})
	if err != nil {
		return provider.Update{}, err
	}
	if res.Status != http.StatusOK {
		return cl.salvage(ctx, c, res, t)
	}
	var w operation
	if err := res.Decode(&w); err != nil {
		return provider.Update{}, err
	}
	return w.update(), nil
}

// salvage looks for the clips of an operation that Google does not know any
// more. Without them it is waited for, until the deadline: the ticket is kept.
func (cl Client) salvage(ctx context.Context, c provider.Call, res provider.Response, t provider.Ticket) (provider.Update, error) {
	if res.Status == http.StatusNotFound {
		if found, err := cl.Find(ctx, c); err == nil && found.Answer != nil {
			found.Answer.VendorID = t.ID
			return provider.Update{Phase: provider.Done, Progress: 1, Answer: *found.Answer}, nil
		}
	}
	return provider.Update{}, failure(res)
}
