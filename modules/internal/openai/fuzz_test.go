package openai

import (
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
)

// For any answer: no panic, an unreadable body is no result, and every 5xx but the
// documented overload leaves the task in doubt.
func FuzzAnswer(f *testing.F) {
	declined := func(status int, body string) bool {
		return status == 503 && strings.Contains(body, "overloaded")
	}
	job := module.Sync[GenerateInput](Vendor(), Generator{}, module.Terms{}).AnyDriver
	providertest.FuzzSubmit(f, job, "gpt-image-2", `{"prompt":"x"}`, declined,
		providertest.Seed{Status: 200, Body: `{"created":1,"data":[{"b64_json":"aGk="}],"usage":{"input_tokens":1,"output_tokens":1}}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"url":"https://x"}],"usage":{"output_tokens":1,"input_tokens_details":{"text_tokens":-5}}}`},
		providertest.Seed{Status: 200, Body: `{"data":[]}`},
		providertest.Seed{Status: 200, Body: `{"error":{"message":"no"}}`},
		providertest.Seed{Status: 200, Body: `<html>`},
		providertest.Seed{Status: 400, Body: `{"error":{"message":"no","type":"image_generation_user_error","code":"moderation_blocked","moderation_details":{"moderation_stage":"output","categories":["x"]}}}`},
		providertest.Seed{Status: 429, Body: `{"error":{"message":"no","type":"insufficient_quota","code":null}}`},
		providertest.Seed{Status: 503, Body: `{"error":{"code":"server_is_overloaded"}}`},
		providertest.Seed{Status: 500, Body: `{"error":{"code":"moderation_blocked"}}`},
		providertest.Seed{Status: 500, Body: `{"error":{"code":"insufficient_quota","message":5}}`},
		providertest.Seed{Status: 403, Body: `{"error":"sk-fuzz-0123456789"}`},
		providertest.Seed{Status: 400, Body: `{"error":{"message":"sk-fuzz-0123456789","code":"sk-fuzz-0123456789"}}`},
	)
}
