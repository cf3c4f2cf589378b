package openai

import (
	"net/http"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Whatever a vendor sends: no panic, and nothing unreadable becomes a result.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"created":1,"data":[{"b64_json":"aGk="}],"usage":{"output_tokens":1}}`))
	f.Add([]byte(`{"data":[{"url":"https://x"}],"usage":[]}`))
	f.Add([]byte(`<html>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := parse(provider.Response{Status: http.StatusOK, Body: body}, "gpt-image-2")
		if err != nil && len(a.Results) > 0 {
			t.Error("an unreadable answer has results")
		}
		if a.Cost != nil && a.Cost.Amount < 0 {
			return // a negative count of tokens is the vendor's word
		}
	})
}

// Every error has a kind and a text, and a 5xx is never a proof of refusal
// except the one that is documented.
func FuzzFailure(f *testing.F) {
	f.Add(400, []byte(`{"error":{"message":"no","type":"image_generation_user_error","code":"moderation_blocked"}}`))
	f.Add(503, []byte(`{"error":{"code":"server_is_overloaded"}}`))
	f.Add(500, []byte(`[]`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := failure(provider.Response{Status: status, Body: body})
		if e.Kind == "" || e.Safe == "" {
			t.Errorf("%+v", e)
		}
		if status == 401 && e.Kind == fault.InDoubt {
			t.Error("a refused key is no doubt")
		}
	})
}
