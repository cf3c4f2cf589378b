package aggregator_test

import (
	"testing"

	"aigc/app/provider"
	"aigc/app/provider/providertest"
)

var seeds = []providertest.Seed{
	{Status: 200, Body: `{"created":1,"data":[{"url":"https://r.example/a.png","b64_json":"","revised_prompt":""}]}`},
	{Status: 200, Body: `{"data":[{"b64_json":"iVBORw0KGgo="}]}`},
	{Status: 200, Body: `{"task_id":"image-1"}`},
	{Status: 200, Body: `{"code":"success","data":{"task_id":"t","status":"SUCCESS","progress":"100%","url":"https://r.example/v.mp4","data":[{"url":"x"}]}}`},
	{Status: 200, Body: `{"code":200,"data":[{"status":"submitted","task_id":"t"}]}`},
	{Status: 200, Body: `{"id":"t","object":"image.generation.task","status":"completed","results":["https://r.example/a.png"],"usage":{"credits_reserved":-1,"estimated_cost":"x"}}`},
	{Status: 200, Body: `{"error":{"message":"m","code":7,"type":null}}`},
	{Status: 200, Body: `{"error":"text","status":"failed"}`},
	{Status: 200, Body: `{"status":"done","task_result":{"videos":[{"url":"u"}]},"output":[{"url":"u"},7],"metadata":[]}`},
	{Status: 403, Body: `{"error":{"code":"insufficient_user_quota","message":"no"}}`},
	{Status: 503, Body: `{"error":{"code":"model_not_found","message":"No available channel"}}`},
	{Status: 524, Body: `<html>`},
}

// notServed reports whether a 503 says that the host does not serve the model.
func notServed(status int, body string) bool {
	if status != 503 {
		return false
	}
	return providertest.ContainsAny(body, []string{"model_not_found", "no available channel"})
}

func FuzzImage(f *testing.F) {
	job := providertest.Job(f, toy, "toy.image", "")
	providertest.FuzzSubmit(f, job, "seedream-4", `{"prompt":"x","images":["fox"]}`, notServed, seeds...)
}

func FuzzVideo(f *testing.F) {
	job := providertest.Job(f, toy, "toy.video", "")
	providertest.FuzzSubmit(f, job, "veo-3.1", `{"prompt":"x"}`, notServed, seeds...)
}

func FuzzPoll(f *testing.F) {
	ends := []string{
		"completed", "succeeded", "succeed", "success", "done", "failed", "failure", "error", "cancelled", "canceled", "expired", // status words
		"url", "b64_json", "results", "output", // results without a status
	}
	job := providertest.Job(f, toy, "toy.image", "")
	providertest.FuzzPoll(f, job, provider.Ticket{ID: "t", Data: []byte(`{"path":"/v1/tasks/{id}"}`)}, ends, seeds...)
}
