package bfl

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"aigc/app/provider"
)

var ends = []string{"Ready", "Request Moderated", "Content Moderated", "Error", "Task not found"}

// Whatever a poll brings: no panic, and only a status that the sheet lists
// ends a job.
func FuzzPoll(f *testing.F) {
	f.Add([]byte(`{"id":"1","status":"Ready","result":{"sample":"https://x","seed":1}}`))
	f.Add([]byte(`{"status":"Request Moderated","details":{"Moderation Reasons":["a"]}}`))
	f.Add([]byte(`{"status":"Banana","progress":7}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var w polled
		if json.Unmarshal(body, &w) != nil {
			return
		}
		u := w.update(time.Hour)
		if u.Phase != provider.Wait && !slices.Contains(ends, w.Status) {
			t.Errorf("status %q ended the job", w.Status)
		}
		if u.Phase == provider.Done && u.Answer.Results[0].URL == "" {
			t.Error("done without a result")
		}
		if u.Progress < 0 || u.Progress > 1 {
			t.Errorf("progress %v", u.Progress)
		}
	})
}

func FuzzFailure(f *testing.F) {
	f.Add(422, []byte(`{"detail":[{"loc":["body",1],"msg":"x","type":"y"}]}`))
	f.Add(403, []byte(`{"detail":"Not authenticated"}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if e := failure(provider.Response{Status: status, Body: body}); e.Kind == "" || e.Safe == "" {
			t.Errorf("%+v", e)
		}
	})
}
