package vertex

import (
	"encoding/json"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// What becomes of a job, by the answers of Google's platforms and of gateways.
func TestOperation(t *testing.T) {
	t.Parallel()
	const reason = `"raiMediaFilteredReasons":["blocked. Support codes: 42237218"]`
	for name, c := range map[string]struct {
		body    string
		phase   provider.Phase
		results string // addresses and base64
		says    string
		charged fault.Charge
	}{
		"running":                      {`{"done":false,"response":{"videos":[{"gcsUri":"gs://b/a.mp4"}]}}`, provider.Wait, "", "", ""},
		"in a bucket":                  {`{"done":true,"response":{"videos":[{"gcsUri":"gs://b/a.mp4"},{"gcsUri":"gs://b/b.mp4"}]}}`, provider.Done, "gs://b/a.mp4 gs://b/b.mp4", "", ""},
		"inline":                       {`{"done":true,"response":{"videos":[{"bytesBase64Encoded":"AAAA","mimeType":"video/mp4"}]}}`, provider.Done, "AAAA", "", ""},
		"done as text":                 {`{"done":"true","response":{"videos":[{"bytesBase64Encoded":"AAAA"}]}}`, provider.Done, "AAAA", "", ""},
		"done as a number":             {`{"done":1,"response":{"videos":[{"bytesBase64Encoded":"AAAA"}]}}`, provider.Done, "AAAA", "", ""},
		"nested samples":               {`{"done":true,"response":{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":"https://x/a"}}]}}}`, provider.Done, "https://x/a", "", ""},
		"nested response":              {`{"done":true,"response":{"response":{"videos":[{"uri":"https://x/a"}]}}}`, provider.Done, "https://x/a", "", ""},
		"of the SDK":                   {`{"done":true,"response":{"generatedVideos":[{"video":{"videoBytes":"AAAA"}}]}}`, provider.Done, "AAAA", "", ""},
		"snake case":                   {`{"done":true,"response":{"generated_videos":[{"video":{"gcs_uri":"gs://b/a"}}]}}`, provider.Done, "gs://b/a", "", ""},
		"one video, no list":           {`{"done":true,"response":{"videos":{"gcsUri":"gs://b/a"}}}`, provider.Done, "gs://b/a", "", ""},
		"one video, at the top":        {`{"done":true,"response":{"video":{"uri":"https://x/a"}}}`, provider.Done, "https://x/a", "", ""},
		"addresses as texts":           {`{"done":true,"response":{"videos":["https://x/a"]}}`, provider.Done, "https://x/a", "", ""},
		"list as the response":         {`{"done":true,"response":[{"url":"https://x/a"}]}`, provider.Done, "https://x/a", "", ""},
		"other fields":                 {`{"done":true,"name":7,"metadata":{"x":1},"response":{"@type":"t","modelVersion":"veo","videos":[{"gcsUri":"gs://b/a"}]}}`, provider.Done, "gs://b/a", "", ""},
		"partly filtered":              {`{"done":true,"response":{"raiMediaFilteredCount":"1",` + reason + `,"videos":[{"gcsUri":"gs://b/a"}]}}`, provider.Done, "gs://b/a", "refused 1 of the videos", ""},
		"filtered":                     {`{"done":true,"response":{"raiMediaFilteredCount":1,` + reason + `}}`, provider.Failed, "", "blocked", fault.ChargedNo},
		"filtered, nested":             {`{"done":true,"response":{"generateVideoResponse":{"raiMediaFilteredCount":"2",` + reason + `}}}`, provider.Failed, "", "blocked", fault.ChargedNo},
		"filtered, by the count alone": {`{"done":true,"response":{"raiMediaFilteredCount":"1","videos":[]}}`, provider.Failed, "", "safety filter", fault.ChargedNo},
		"filtered, the reason a text":  {`{"done":true,"response":{"raiMediaFilteredReasons":"blocked"}}`, provider.Failed, "", "blocked", fault.ChargedNo},
		"filtered, in each element":    {`{"done":true,"response":{"predictions":[{"raiFilteredReason":"blocked"}]}}`, provider.Failed, "", "blocked", fault.ChargedNo},
		"filtered, with other fields":  {`{"done":true,"response":{"modelVersion":"veo",` + reason + `}}`, provider.Failed, "", "blocked", fault.ChargedNo},
		"empty":                        {`{"done":true,"response":{}}`, provider.Failed, "", "neither a video nor a reason", fault.ChargedUnknown},
		"empty, with a count of 0":     {`{"done":true,"response":{"raiMediaFilteredCount":"0","videos":[]}}`, provider.Failed, "", "neither a video nor a reason", fault.ChargedUnknown},
		"no response":                  {`{"done":true}`, provider.Failed, "", "neither a video nor a reason", fault.ChargedUnknown},
		"null":                         {`{"done":true,"response":null,"error":null}`, provider.Failed, "", "neither a video nor a reason", fault.ChargedUnknown},
		"an unknown element":           {`{"done":true,"response":{"videos":[{"clip":"x"}]}}`, provider.Wait, "", "no readable video", ""},
		"an address in an odd place":   {`{"done":true,"response":{"media":{"at":"https://x/a"}}}`, provider.Wait, "", "no readable video", ""},
		"error":                        {`{"done":true,"error":{"code":13,"message":"trouble inside"}}`, provider.Failed, "", "trouble inside", fault.ChargedNo},
		"error with its code as text":  {`{"done":true,"error":{"code":"13","message":"trouble inside"}}`, provider.Failed, "", "trouble inside", fault.ChargedNo},
		"error with its code's name":   {`{"done":true,"error":{"code":"INTERNAL","message":"trouble inside"}}`, provider.Failed, "", "trouble inside", fault.ChargedNo},
		"error as a text":              {`{"done":true,"error":"trouble inside"}`, provider.Failed, "", "trouble inside", fault.ChargedNo},
		"error in another form":        {`{"done":true,"error":{"error":{"msg":"trouble inside"}}}`, provider.Failed, "", "trouble inside", fault.ChargedNo},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var o operation
			if err := json.Unmarshal([]byte(c.body), &o); err != nil {
				t.Fatal(err)
			}
			u, empty := o.update()
			var results []string
			for _, r := range u.Answer.Results {
				results = append(results, r.URL+r.Base64)
			}
			says := strings.Join(append(u.Answer.Warnings, u.Message), " ")
			var charged fault.Charge
			if u.Err != nil {
				says, charged = u.Err.Message, u.Err.Charged
			}
			if u.Phase != c.phase || strings.Join(results, " ") != c.results || !strings.Contains(says, c.says) || charged != c.charged {
				t.Errorf("phase %d, results %q, %q, charged %s", u.Phase, results, says, charged)
			}
			if empty != strings.Contains(c.says, "neither") {
				t.Errorf("empty: %t", empty)
			}
		})
	}
	for body, code := range map[string]string{`{"code":"13"}`: "INTERNAL", `{"code":8}`: "RESOURCE_EXHAUSTED", `{"code":"RESOURCE_EXHAUSTED"}`: "RESOURCE_EXHAUSTED", `{"code":99}`: "99", `{"status":"ODD"}`: "ODD"} {
		var s status
		if err := json.Unmarshal([]byte(body), &s); err != nil || s.operationFault().VendorCode != code {
			t.Errorf("%s: %q, want %q", body, s.operationFault().VendorCode, code)
		}
	}
}
