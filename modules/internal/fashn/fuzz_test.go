package fashn

import (
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/modules/internal/tryon"
)

func job() module.AnyDriver {
	return module.Async[tryon.Input](Vendor(), Driver{}, module.Terms{}).AnyDriver
}

// For any answer: no panic, an unreadable body is no ticket, and every 5xx but the
// documented 500 leaves the task in doubt.
func FuzzTicket(f *testing.F) {
	declined := func(status int, body string) bool {
		return status == 500 && errorOf([]byte(body), "").Code == "InternalServerError"
	}
	providertest.FuzzSubmit(f, job(), "tryon-v1.6", `{"person_image":"p","garment_image":"g"}`, declined,
		providertest.Seed{Status: 200, Body: `{"id":"4d0c…-u1","error":null}`},
		providertest.Seed{Status: 200, Body: `{"id":1,"error":null}`},
		providertest.Seed{Status: 200, Body: `{"id":null,"error":"OutOfCredits"}`},
		providertest.Seed{Status: 200, Body: `{"id":"","error":{"name":"BadRequest"}}`},
		providertest.Seed{Status: 400, Body: `{"error":"BadRequest","message":"model_name"}`},
		providertest.Seed{Status: 401, Body: `{"error":"UnauthorizedAccess","message":"sk-fuzz-0123456789"}`},
		providertest.Seed{Status: 400, Body: `{"error":"sk-fuzz-0123456789","message":"\u0073k-fuzz-0123456789"}`},
		providertest.Seed{Status: 429, Body: `{"error":"OutOfCredits"}`},
		providertest.Seed{Status: 429, Body: `{"error":"RateLimitExceeded"}`},
		providertest.Seed{Status: 402, Body: `{"error":{"name":"OutOfCredits","message":"x"}}`},
		providertest.Seed{Status: 500, Body: `{"error":"InternalServerError"}`},
		providertest.Seed{Status: 503, Body: `{"error":"RateLimitExceeded"}`},
		providertest.Seed{Status: 503, Body: `{"error":"InternalServerError"}`},
		providertest.Seed{Status: 500, Body: `InternalServerError`},
	)
}

// Only the documented final states end a run.
func FuzzPoll(f *testing.F) {
	ends := []string{"completed", "failed", "canceled", "time_out", "NotFound"}
	providertest.FuzzPoll(f, job(), provider.Ticket{ID: "1"}, ends,
		providertest.Seed{Status: 200, Body: `{"id":"4d0c…-u1","status":"completed","output":["https://cdn.fashn.ai/4d0c…/output_0.png"],"error":null}`},
		providertest.Seed{Status: 200, Body: `{"id":"4d0c…-u1","status":"failed","output":null,"error":{"name":"ContentModerationError","message":"…"}}`},
		providertest.Seed{Status: 200, Body: `{"status":"completed","output":null}`},
		providertest.Seed{Status: 200, Body: `{"status":"completed","output":["data:image/png;base64,aGk=",7,null]}`},
		providertest.Seed{Status: 200, Body: `{"status":"failed","error":"sk-fuzz-0123456789"}`},
		providertest.Seed{Status: 200, Body: `{"status":"failed","error":{"name":7,"message":{}}}`},
		providertest.Seed{Status: 200, Body: `{"status":"canceled"}`},
		providertest.Seed{Status: 200, Body: `{"status":"time_out"}`},
		providertest.Seed{Status: 200, Body: `{"status":"processing"}`},
		providertest.Seed{Status: 404, Body: `{"error":"NotFound"}`},
		providertest.Seed{Status: 404, Body: `busy`},
		providertest.Seed{Status: 401, Body: `{"error":"UnauthorizedAccess"}`},
	)
}
