package vertex

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
)

// cacheToken caches a valid token for a key.
func cacheToken(fingerprint string) {
	tokens.slot(fingerprint).token = &accessToken{Token: &oauth2.Token{AccessToken: "token", Expiry: time.Now().Add(24 * time.Hour)}}
}

// For any answer: no panic, an unreadable body is no ticket, and every 5xx leaves
// the task in doubt.
func FuzzTicket(f *testing.F) {
	cacheToken("fuzz")
	providertest.FuzzSubmit(f, module.Async[Input](Vendor(), Driver{}, module.Terms{}).AnyDriver, "veo", `{"prompt":"x"}`, nil,
		providertest.Seed{Status: 200, Body: `{"name":"projects/p/locations/l/publishers/google/models/m/operations/1"}`},
		providertest.Seed{Status: 200, Body: `{"name":1}`},
		providertest.Seed{Status: 200, Body: `{}`},
		providertest.Seed{Status: 400, Body: `{"error":{"code":400,"message":"policy","status":"INVALID_ARGUMENT"}}`},
		providertest.Seed{Status: 401, Body: `{"error":{"code":401,"status":"UNAUTHENTICATED"}}`},
		providertest.Seed{Status: 403, Body: `{"error":{"code":403,"details":[{"reason":"BILLING_DISABLED"}]}}`},
		providertest.Seed{Status: 429, Body: `[{"error":{"code":429,"message":"x","details":[{"retryDelay":"17s"}]}}]`},
		providertest.Seed{Status: 504, Body: `<html>`},
	)
}

// For any answer to a poll: no panic, and only an operation that is done ends.
func FuzzPoll(f *testing.F) {
	cacheToken("fuzz")
	ticket := provider.Ticket{ID: "projects/p/locations/l/publishers/google/models/m/operations/1"}
	providertest.FuzzPoll(f, module.Async[Input](Vendor(), Driver{}, module.Terms{}).AnyDriver, ticket, []string{`"done":true`},
		providertest.Seed{Status: 200, Body: `{"name":"o","done":true,"response":{"videos":[{"gcsUri":"gs://b/o.mp4"}],"raiMediaFilteredCount":1}}`},
		providertest.Seed{Status: 200, Body: `{"name":"o","done":true,"response":{"videos":[{"bytesBase64Encoded":"AAAA"},{}]}}`},
		providertest.Seed{Status: 200, Body: `{"name":"o","done":true,"response":{"generatedSamples":[{"video":{"uri":"https://x"}}]}}`},
		providertest.Seed{Status: 200, Body: `{"name":"o","done":true,"response":{"raiMediaFilteredReasons":["Support codes: 42237218"]}}`},
		providertest.Seed{Status: 200, Body: `{"name":"o","done":true,"response":null}`},
		providertest.Seed{Status: 200, Body: `{"name":"o","done":true,"error":{"code":3,"message":"policy"}}`},
		providertest.Seed{Status: 200, Body: `{"name":"o","done":true,"error":{}}`},
		providertest.Seed{Status: 200, Body: `{"name":"o","metadata":{"state":"banana"}}`},
		providertest.Seed{Status: 404, Body: `{"error":{"code":404,"status":"NOT_FOUND"}}`},
	)
}

// For any listing of a bucket: no panic, and every found result has a URL.
func FuzzFind(f *testing.F) {
	cacheToken("find")
	f.Add(200, `{"items":[{"name":"p/t/s/1/sample_0.mp4","updated":"2026-11-23T12:00:00Z"}]}`)
	f.Add(200, `{"items":[{"name":".mp4"},{"name":1,"updated":"never"}]}`)
	f.Add(403, `{"error":{"code":403}}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		found, err := Driver{}.Find(t.Context(), provider.Call{
			Task: "t", Submit: "s", HTTP: &provider.Client{HTTP: &http.Client{Transport: canned{max(200, status%600), body}}},
			Account: provider.Account{Fingerprint: "find", BaseURL: "https://vendor.test", Attrs: map[string]string{attrStorage: "gs://b/p", attrGCS: "https://gcs.test"}},
		})
		var fe *fault.Error
		if err != nil && (!errors.As(err, &fe) || fe.Message == "") {
			t.Fatalf("%v", err)
		}
		if found.Answer != nil && (err != nil || len(found.Answer.Results) == 0 || !strings.HasPrefix(found.Answer.Results[0].URL, "gs://b/")) {
			t.Fatalf("%+v %v", found.Answer, err)
		}
	})
}

// canned answers without a network.
type canned struct {
	status int
	body   string
}

// RoundTrip implements [http.RoundTripper].
func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.Code = c.status
	_, _ = w.Body.WriteString(c.body)
	res := w.Result()
	res.Request = r
	return res, nil
}
