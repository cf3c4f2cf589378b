package vertex

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/provider/hoist"
)

// Client submits and polls; a vertical embeds it and adds its input.
type Client struct{}

// Submit starts a job and returns the operation's name, which is the only
// handle there is.
func Submit(ctx context.Context, c provider.Call, body Request, files *hoist.Files) (provider.Ticket, error) {
	body.Parameters.StorageURI = storage(c)
	sent, err := files.Embed(body)
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
		return provider.Ticket{}, fault.New(fault.InDoubt, "no_ticket", "Google answered without the name of an operation.")
	}
	return provider.Ticket{ID: w.Name}, nil
}

func modelPath(c provider.Call) string {
	return fmt.Sprintf("/v1/projects/%s/locations/%s/publishers/google/models/%s", c.Account.Attrs[attrProject], c.Account.Attrs[attrLocation], c.Model)
}

// storage is where the clips of one submission go, so that they can be found
// by it; empty: they come inline.
func storage(c provider.Call) string {
	base := c.Account.Attrs[attrStorage]
	if base == "" {
		return ""
	}
	return fmt.Sprintf("%s/%s/%s/", base, c.Task, c.Submit)
}

// Poll asks for an operation. Its name says where: a plain GET answers 404.
func (Client) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	path, _, ok := strings.Cut(t.ID, "/operations/")
	if !ok {
		return provider.Update{}, fault.New(fault.Internal, "bad_ticket", "The stored operation name cannot be read.")
	}
	res, err := do(ctx, c, provider.Request{URL: "/v1/" + path + ":fetchPredictOperation", Body: map[string]string{"operationName": t.ID}})
	if err != nil {
		return provider.Update{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Update{}, failure(res)
	}
	var w operation
	if err := res.Decode(&w); err != nil {
		return provider.Update{}, err
	}
	return w.update(), nil
}

// Handles implements [provider.Fetcher]: clips in a bucket need the key.
func (Client) Handles(_ provider.Call, address string) bool {
	return strings.HasPrefix(address, "gs://")
}

// Fetch implements [provider.Fetcher].
func (Client) Fetch(ctx context.Context, c provider.Call, address string, w io.Writer) error {
	bucket, object, ok := strings.Cut(strings.TrimPrefix(address, "gs://"), "/")
	if !ok {
		return fault.New(fault.Broken, "bad_result_address", "Google named a result that is no object of a bucket.")
	}
	gcs, err := url.Parse(c.Account.Attrs[attrGCS])
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "bad_setting", "GCS_BASE_URL is no address.")
	}
	for fresh := false; ; fresh = true {
		token, err := tokens.get(ctx, c, fresh)
		if err != nil {
			return err
		}
		res, err := c.HTTP.Stream(ctx, c, provider.Request{
			URL:       fmt.Sprintf("%s/storage/v1/b/%s/o/%s?alt=media", c.Account.Attrs[attrGCS], url.PathEscape(bucket), url.PathEscape(object)),
			Authorize: bearer(token), Trusted: func(u *url.URL) bool { return u.Scheme == gcs.Scheme && u.Host == gcs.Host },
		}, w)
		switch {
		case err != nil:
			return err
		case res.Status == http.StatusOK:
			return nil
		case res.Status == http.StatusUnauthorized && !fresh:
		case res.Status == http.StatusNotFound:
			return fault.New(fault.Expired, "result_expired", "The clip is not in the bucket any more.")
		default:
			return fault.New(fault.Unavailable, "result_unreachable", "Cloud Storage answered %d for the clip; the service account may lack the right to read objects.", res.Status)
		}
	}
}

// Find implements [provider.Finder]: it lists what a submission has left under
// its own prefix. Nothing there proves nothing.
func (Client) Find(ctx context.Context, c provider.Call) (provider.Found, error) {
	prefix := storage(c)
	if prefix == "" {
		return provider.Found{}, nil
	}
	bucket, object, _ := strings.Cut(strings.TrimPrefix(prefix, "gs://"), "/")
	gcs, err := url.Parse(c.Account.Attrs[attrGCS])
	if err != nil {
		return provider.Found{}, fault.Wrap(err, fault.Unavailable, "bad_setting", "GCS_BASE_URL is no address.")
	}
	res, err := do(ctx, c, provider.Request{
		URL:     fmt.Sprintf("%s/storage/v1/b/%s/o?prefix=%s", c.Account.Attrs[attrGCS], url.PathEscape(bucket), url.QueryEscape(object)),
		Trusted: func(u *url.URL) bool { return u.Scheme == gcs.Scheme && u.Host == gcs.Host },
	})
	if err != nil {
		return provider.Found{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Found{}, failure(res)
	}
	var w struct {
		Items []struct {
			Name string `json:"name"`
		} `json:"items"`
	}
	if err := res.Decode(&w); err != nil {
		return provider.Found{}, err
	}
	a := &provider.Answer{}
	for _, it := range w.Items {
		if strings.HasSuffix(it.Name, ".mp4") {
			a.Results = append(a.Results, provider.Result{URL: "gs://" + bucket + "/" + it.Name})
		}
	}
	if len(a.Results) == 0 {
		return provider.Found{}, nil
	}
	return provider.Found{Answer: a}, nil
}
