package zhipu

import (
	"testing"

	"aigc/app/provider"
	"aigc/app/provider/providertest"
)

// For any answer: no panic, an unreadable body is no result, and every 5xx leaves the
// task in doubt.
func FuzzAnswer(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, "cogview-4", `{"prompt":"x"}`, nil, append(errorSeeds,
		providertest.Seed{Status: 200, Body: `{"created":1795400000,"id":"2026112310…","request_id":"2026112310…","data":[{"url":"https://aigc-files.bigmodel.cn/…/a.png"}],"content_filter":[{"role":"assistant","level":3}]}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"url":7},{"url":"https://x"}],"code":200}`},
		providertest.Seed{Status: 200, Body: `{"data":[]}`},
		providertest.Seed{Status: 200, Body: `{"data":{"url":"https://x"}}`},
	)...)
}

// The same for a model that gives tickets.
func FuzzTicket(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, "glm-image", `{"prompt":"x"}`, nil, append(errorSeeds,
		providertest.Seed{Status: 200, Body: `{"model":"glm-image","id":"7164…","request_id":"…","task_status":"PROCESSING"}`},
		providertest.Seed{Status: 200, Body: `{"id":7164,"task_status":[]}`},
		providertest.Seed{Status: 200, Body: `{"id":null,"task_status":"FAIL"}`},
	)...)
}

var errorSeeds = []providertest.Seed{
	{Status: 400, Body: `{"error":{"code":"1301","message":"系统检测到输入或生成内容可能包含不安全或敏感内容…"},"contentFilter":[{"role":"user","level":0}]}`},
	{Status: 400, Body: `{"error":{"code":"1301"},"contentFilter":[{"role":"assistant"}]}`},
	{Status: 429, Body: `{"code":1113,"message":"no balance"}`},
	{Status: 200, Body: `{"error":{"code":1302,"message":"busy"}}`},
	{Status: 401, Body: `{"error":{"code":"1002","message":"sk-fuzz-0123456789"}}`},
	{Status: 400, Body: `{"error":{"code":"sk-fuzz-0123456789"}}`},
	{Status: 500, Body: `{"error":{"code":"1312"}}`},
	{Status: 435, Body: `<html>`},
}

// Only the documented final states end a job.
func FuzzPoll(f *testing.F) {
	providertest.FuzzPoll(f, route().AnyDriver, provider.Ticket{ID: "7164/…"}, []string{"SUCCESS", "FAIL"},
		providertest.Seed{Status: 200, Body: `{"model":"glm-image","request_id":"…","task_status":"SUCCESS","image_result":[{"url":"https://…/a.png"}]}`},
		providertest.Seed{Status: 200, Body: `{"task_status":"SUCCESS","image_result":[{"url":""}]}`},
		providertest.Seed{Status: 200, Body: `{"task_status":"SUCCESS","image_result":{}}`},
		providertest.Seed{Status: 200, Body: `{"task_status":"FAIL"}`},
		providertest.Seed{Status: 200, Body: `{"task_status":"FAIL","error":{"code":1301,"message":7}}`},
		providertest.Seed{Status: 200, Body: `{"task_status":"PROCESSING"}`},
		providertest.Seed{Status: 200, Body: `{"task_status":"BANANA"}`},
		providertest.Seed{Status: 200, Body: `{"error":{"code":"1301"}}`},
		providertest.Seed{Status: 429, Body: `{"error":{"code":"1302"},"task_status":"FAIL"}`},
		providertest.Seed{Status: 503, Body: `busy`},
	)
}
