package vertex

import (
	"encoding/json"
	"testing"

	"aigc/app/provider"
)

// Whatever a poll brings: no panic, and an operation that is not done goes on.
func FuzzOperation(f *testing.F) {
	f.Add([]byte(`{"name":"o","done":true,"response":{"videos":[{"gcsUri":"gs://b/o.mp4"}],"raiMediaFilteredCount":1}}`))
	f.Add([]byte(`{"name":"o","done":true,"response":{"raiMediaFilteredReasons":["Support codes: 42237218"]}}`))
	f.Add([]byte(`{"name":"o","done":true,"error":{"code":3,"message":"policy"}}`))
	f.Add([]byte(`{"name":"o","metadata":{"state":"banana"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var o operation
		if json.Unmarshal(body, &o) != nil {
			return
		}
		u := o.update()
		if !o.Done && u.Phase != provider.Wait {
			t.Error("an operation that is not done ended")
		}
		if u.Phase == provider.Done && len(u.Answer.Results) == 0 || u.Phase == provider.Failed && u.Err == nil {
			t.Errorf("%+v", u)
		}
	})
}

func FuzzFailure(f *testing.F) {
	f.Add(429, []byte(`[{"error":{"code":429,"message":"x","details":[{"retryDelay":"17s"}]}}]`))
	f.Add(504, []byte(`<html>`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if e := failure(provider.Response{Status: status, Body: body}); e.Kind == "" || e.Safe == "" || e.RetryAfter < 0 {
			t.Errorf("%+v", e)
		}
	})
}
