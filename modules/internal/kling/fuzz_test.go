package kling

import (
	"testing"

	"aigc/app/provider"
	"aigc/app/provider/providertest"
)

// For any answer: no panic, an unreadable body is no ticket, and every 5xx leaves
// the task in doubt.
func FuzzTicket(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, "kling-v3", `{"prompt":"x"}`, nil,
		providertest.Seed{Status: 200, Body: `{"code":0,"data":{"task_id":"1"}}`},
		providertest.Seed{Status: 200, Body: `{"code":"0","data":{"task_id":1}}`},
		providertest.Seed{Status: 200, Body: `{"code":0,"data":[]}`},
		providertest.Seed{Status: 200, Body: `{"code":1303,"message":"busy"}`},
		providertest.Seed{Status: 200, Body: `{"code":{},"data":{"task_id":"1"}}`},
		providertest.Seed{Status: 401, Body: `{"code":1002,"message":"sk-fuzz-0123456789"}`},
		providertest.Seed{Status: 400, Body: `{"code":"sk-fuzz-0123456789"}`},
		providertest.Seed{Status: 429, Body: `{"code":1102}`},
		providertest.Seed{Status: 503, Body: `{"code":1102}`},
	)
}

// Only the documented final statuses end a job.
func FuzzPoll(f *testing.F) {
	providertest.FuzzPoll(f, route().AnyDriver, provider.Ticket{ID: "1", Data: []byte("true")}, []string{"succeed", "failed"},
		providertest.Seed{Status: 200, Body: `{"code":0,"data":{"task_status":"succeed","task_result":{"images":[{"url":"https://x","watermark_url":"https://y"}]},"final_unit_deduction":"8"}}`},
		providertest.Seed{Status: 200, Body: `{"code":0,"data":{"task_status":"succeeded","task_result":{"series_images":[{"url":"https://x"}]},"final_unit_deduction":-1e40}}`},
		providertest.Seed{Status: 200, Body: `{"code":0,"data":{"task_status":"succeed","task_result":null,"final_balance_deduction":{"quota":1}}}`},
		providertest.Seed{Status: 200, Body: `{"code":0,"data":{"task_status":"failed","task_status_msg":"risk control","final_unit_deduction":null}}`},
		providertest.Seed{Status: 200, Body: `{"code":0,"data":{"task_status":"failed","task_status_msg":7}}`},
		providertest.Seed{Status: 200, Body: `{"code":1301,"data":{"task_status":"failed"}}`},
		providertest.Seed{Status: 404, Body: `{"code":1203,"data":{"task_status":"failed"}}`},
		providertest.Seed{Status: 200, Body: `{"data":{"task_status":"banana"}}`},
		providertest.Seed{Status: 503, Body: `busy`},
	)
}
