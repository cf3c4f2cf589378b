package bfl

import (
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/modules/internal/tryon"
)

func job() module.AnyDriver { return module.Async[Input](Vendor(), Driver{}, module.Terms{}).AnyDriver }

// For any answer: no panic, an unreadable body is no ticket, and every 5xx leaves
// the task in doubt.
func FuzzTicket(f *testing.F) {
	providertest.FuzzSubmit(f, job(), "flux-2-pro", `{"prompt":"x"}`, nil,
		providertest.Seed{Status: 200, Body: `{"id":"1","polling_url":"https://api.eu2.bfl.ai/v1/get_result?id=1","cost":3.0}`},
		providertest.Seed{Status: 200, Body: `{"id":"1","cost":"3.0"}`},
		providertest.Seed{Status: 200, Body: `{"cost":"3 credits","id":"1"}`},
		providertest.Seed{Status: 200, Body: `{"id":1}`},
		providertest.Seed{Status: 200, Body: `{"id":"1","cost":-1}`},
		providertest.Seed{Status: 200, Body: `{"detail":"no"}`},
		providertest.Seed{Status: 422, Body: `{"detail":[{"loc":["body",1],"msg":"x","type":"y"}]}`},
		providertest.Seed{Status: 403, Body: `{"detail":"Not authenticated sk-fuzz-0123456789"}`},
		providertest.Seed{Status: 403, Body: `{"detail":"Your organization does not have access to this endpoint."}`},
		providertest.Seed{Status: 402, Body: `{"detail":{"x":1}}`},
		providertest.Seed{Status: 503, Body: `{"status":"Error"}`},
	)
}

// The same for virtual try-on.
func FuzzTryOnTicket(f *testing.F) {
	driver := module.Async[tryon.Input](Vendor(), TryOnDriver{}, module.Terms{}).AnyDriver
	providertest.FuzzSubmit(f, driver, "vto-v2", `{"person_image":"p","garment_image":"g"}`, nil,
		providertest.Seed{Status: 200, Body: `{"id":"1","polling_url":"https://api.eu2.bfl.ai/v1/get_result?id=1","cost":3.75}`},
		providertest.Seed{Status: 200, Body: `{"id":1,"cost":null}`},
		providertest.Seed{Status: 422, Body: `{"detail":[{"loc":["body","garment"],"msg":"x","type":"missing"}]}`},
		providertest.Seed{Status: 503, Body: `{"status":"Error"}`},
	)
}

// Only the documented final statuses end a job.
func FuzzPoll(f *testing.F) {
	ends := []string{"Ready", "Request Moderated", "Content Moderated", "Error", "Task not found"}
	providertest.FuzzPoll(f, job(), provider.Ticket{ID: "1", URL: "https://api.eu2.bfl.ai/v1/get_result?id=1"}, ends,
		providertest.Seed{Status: 200, Body: `{"id":"1","status":"Ready","result":{"sample":"https://x","seed":1}}`},
		providertest.Seed{Status: 200, Body: `{"id":"1","status":"Ready","result":{"sample":"https://x","seed":1e30}}`},
		providertest.Seed{Status: 200, Body: `{"status":"Ready","result":null}`},
		providertest.Seed{Status: 200, Body: `{"status":"Request Moderated","details":{"Moderation Reasons":["a"]}}`},
		providertest.Seed{Status: 200, Body: `{"status":"Content Moderated","details":"x"}`},
		providertest.Seed{Status: 422, Body: `{"status":"Error"}`},
		providertest.Seed{Status: 503, Body: `busy`},
		providertest.Seed{Status: 200, Body: `{"status":"Banana","progress":7}`},
		providertest.Seed{Status: 200, Body: `{"status":"Task not found"}`},
		providertest.Seed{Status: 403, Body: `{"detail":"Not authenticated"}`},
	)
}
