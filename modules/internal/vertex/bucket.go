package vertex

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
)

// storagePrefix is the prefix in the bucket under which Google stores the videos of
// a submission, so that a look-up finds them. Empty without a bucket: the videos
// are inline.
func storagePrefix(c provider.Call) string {
	base := c.Account.Attrs[attrStorage]
	if base == "" {
		return ""
	}
	return fmt.Sprintf("%s/%s/%s/", base, c.Task, c.Submit)
}

// bucketURL is a URL of Cloud Storage's JSON API. trusted accepts its host, to which
// the token may be sent.
func bucketURL(c provider.Call, bucket, suffix string) (address string, trusted func(*url.URL) bool) {
	base := c.Account.Attrs[attrGCS]
	return base + "/storage/v1/b/" + url.PathEscape(bucket) + "/o" + suffix, provider.Account{BaseURL: base}.SameHost
}

// Handles implements [provider.Fetcher]: fetching from a bucket needs the key.
func (Driver) Handles(_ provider.Call, address string) bool {
	return strings.HasPrefix(address, "gs://")
}

// Fetch implements [provider.Fetcher].
func (Driver) Fetch(ctx context.Context, c provider.Call, address string, w io.Writer) error {
	bucket, object, ok := strings.Cut(strings.TrimPrefix(address, "gs://"), "/")
	if !ok || bucket == "" || object == "" {
		return fault.New(fault.InvalidResult, "bad_result_address", "Google's answer holds a result that is not gs://bucket/object.")
	}
	where, trusted := bucketURL(c, bucket, "/"+url.PathEscape(object)+"?alt=media")
	res, err := authorized(ctx, c, provider.Request{URL: where, Trusted: trusted}, func(r provider.Request) (provider.Response, error) {
		return c.HTTP.Stream(ctx, c, r, w)
	})
	switch {
	case err != nil:
		return err
	case res.Status == http.StatusOK:
		return nil
	case res.Status == http.StatusNotFound:
		return fault.New(fault.ResultExpired, "result_expired", "The video is no longer in the bucket.")
	}
	return fault.New(fault.Unavailable, "result_unreachable", "Cloud Storage answered %d for the video; the service account may lack the right to read objects.", res.Status)
}

// quietPeriod is the minimum age of the newest video that a look-up accepts. The
// videos of a job may be written one after the other, and a look-up that finds some
// is the last one: later videos would be lost.
const quietPeriod = time.Minute

// Find implements [provider.Finder]. It lists the videos under the prefix of the
// submission. An empty list proves nothing.
func (Driver) Find(ctx context.Context, c provider.Call) (provider.Outcome, error) {
	prefix := storagePrefix(c)
	if prefix == "" {
		return provider.Outcome{}, nil
	}
	bucket, object, _ := strings.Cut(strings.TrimPrefix(prefix, "gs://"), "/")
	where, trusted := bucketURL(c, bucket, "?prefix="+url.QueryEscape(object))
	res, err := do(ctx, c, provider.Request{URL: where, Trusted: trusted})
	if err != nil {
		return provider.Outcome{}, err
	}
	if !res.OK() {
		return provider.Outcome{}, responseFault(res)
	}
	var w listing
	if err := res.Decode(&w); err != nil {
		return provider.Outcome{}, err
	}
	pause := quietPeriod
	if c.Account.Sandbox {
		pause /= 20 // as all intervals against the sandbox
	}
	videos := w.videos(bucket)
	if len(videos) == 0 || serverTime(res.Header).Sub(w.newest()) < pause {
		return provider.Outcome{}, nil
	}
	return provider.Outcome{Answer: &provider.Answer{Results: videos}}, nil
}

// serverTime is the time of Cloud Storage's clock, by the header Date.
func serverTime(h http.Header) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t
	}
	return time.Now()
}

// listing is a page of a bucket's objects. The videos of a submission fit on one
// page.
type listing struct {
	Items []item `json:"items"`
}

type item struct {
	Name    string    `json:"name"`
	Updated time.Time `json:"updated"`
}

func (l listing) videos(bucket string) []provider.Result {
	var out []provider.Result
	for _, it := range l.Items {
		if strings.HasSuffix(it.Name, ".mp4") {
			out = append(out, provider.Result{URL: "gs://" + bucket + "/" + it.Name})
		}
	}
	return out
}

func (l listing) newest() time.Time {
	var last time.Time
	for _, it := range l.Items {
		if it.Updated.After(last) {
			last = it.Updated
		}
	}
	return last
}
