package stability

import (
	"net/http"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
)

// For any answer: no panic, an unreadable body is no result, and every 5xx leaves the
// task in doubt.
func FuzzAnswer(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, "sd3.5-large", `{"prompt":"x"}`, nil,
		providertest.Seed{Status: 200, Body: `{"image":"iVBORw0KGgo=","finish_reason":"SUCCESS","seed":42}`},
		providertest.Seed{Status: 200, Body: `{"image":"iVBORw0KGgo=","finish_reason":"CONTENT_FILTERED","seed":42}`},
		providertest.Seed{Status: 200, Body: `{"image":"iVBORw0KGgo=","finish_reason":"sk-fuzz-0123456789","seed":1e30}`},
		providertest.Seed{Status: 200, Body: `{"image":["iVBORw0KGgo="],"finish_reason":7,"seed":"42"}`},
		providertest.Seed{Status: 200, Body: `{"id":"a6dc6c6e20acda010fe14d71f180658f2896ed9b4ec25aa99a6ff06c796987c4"}`},
		providertest.Seed{Status: 202, Body: `{"id":"1","status":"in-progress"}`},
		providertest.Seed{Status: 400, Body: `{"id":"3f2a","name":"bad_request","errors":["some-field: is required"]}`},
		providertest.Seed{Status: 400, Body: `{"name":"sk-fuzz-0123456789","errors":["sk-fuzz-0123456789"]}`},
		providertest.Seed{Status: 403, Body: `{"name":"content_moderation","errors":["flagged"]}`},
		providertest.Seed{Status: 403, Body: `{"name":"other","errors":"flagged"}`},
		providertest.Seed{Status: 429, Body: `{"name":"rate_limit_exceeded","errors":[1]}`},
		providertest.Seed{Status: 500, Body: `{"name":"content_moderation","errors":["flagged"]}`},
		providertest.Seed{Status: 500, Body: `{"image":"iVBORw0KGgo=","finish_reason":"CONTENT_FILTERED"}`},
		providertest.Seed{Status: 503, Body: `{"name":"internal_error"}`},
	)
}

// Whatever the headers of an image say, it is a result or a charged refusal.
func FuzzHeaders(f *testing.F) {
	for _, s := range [][2]string{{"SUCCESS", "42"}, {"CONTENT_FILTERED", "42"}, {"", ""}, {"ERROR", "-1"}, {"content_filtered", "1e9"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, reason, seed string) {
		res := provider.Response{Status: http.StatusOK, Raw: true, ContentType: "image/png", File: "blob:1:0", Header: http.Header{"Finish-Reason": {reason}, "Seed": {seed}}}
		a, err := parse(provider.Call{Model: "sd3.5-large"}, res)
		switch {
		case err == nil:
			if len(a.Results) != 1 || a.Results[0].Base64 != "blob:1:0" || reason == contentFiltered || (a.Results[0].Warning == "") != (reason == "" || reason == success) {
				t.Fatalf("%q: %+v", reason, a)
			}
		case reason != contentFiltered || fault.KindOf(err) != fault.Rejected || fault.From(err).Charged != fault.ChargedYes:
			t.Fatalf("%q: %v", reason, err)
		}
	})
}
