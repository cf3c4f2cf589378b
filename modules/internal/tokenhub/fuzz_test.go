package tokenhub

import (
	"testing"

	"aigc/app/provider/providertest"
	"aigc/modules/internal/hunyuan"
)

var seeds = []providertest.Seed{
	{Status: 200, Body: `{"id":"4-WandImage-1","created":1785125529,"data":[{"url":"https://x/1.png","revised_prompt":"y"}]}`},
	{Status: 200, Body: `{"id":"1","choices":[{"index":0,"delta":{"type":"image","image":{"url":"https://x/1.png","width":1,"height":1}},"finish_reason":null}],"assembled_history":[],"usage":{"total_tokens":15000}}`},
	{Status: 200, Body: `{"id":5,"data":[{"url":5},{"b64_json":"aGk="}],"choices":{}}`},
	{Status: 200, Body: `{"choices":[{"delta":{}}],"error":{"type":"invalid_request_error","code":"content_filter","message":"input moderation rejected"}}`},
	{Status: 200, Body: `{"data":[],"error":"no"}`},
	{Status: 200, Body: `{"data":null}`},
	{Status: 400, Body: `{"error":{"type":"invalid_request_error","code":400001,"message":"x"}}`},
	{Status: 401, Body: `{"error":{"type":"authentication_error","code":"401002","message":"invalid api key sk-fuzz-0123456789"}}`},
	{Status: 402, Body: `{"error":{"type":"permission_error","code":"401007"}}`},
	{Status: 404, Body: `<html>`},
	{Status: 422, Body: `{"error":{"message":"Input or output moderation failed"}}`},
	{Status: 429, Body: `{"error":{"code":"429001"}}`},
	{Status: 451, Body: `{"error":{"code":"451001"}}`},
	{Status: 502, Body: `{"error":{"code":"content_filter"}}`},
}

// For any answer to a generation: no panic, an unreadable body is no result, and every
// 5xx leaves the task in doubt.
func FuzzGenerate(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, hunyuan.Image30, `{"prompt":"x","images":["a"]}`, nil, seeds...)
}

// The same for 3.5.
func FuzzChat(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, hunyuan.Image35Preview, `{"prompt":"x","images":["a"]}`, nil, seeds...)
}
