package minimax

import (
	"testing"

	"aigc/app/provider/providertest"
)

// For any answer: no panic, an unreadable body is no result, and every 5xx leaves the
// task in doubt.
func FuzzImage(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, "image-01", `{"prompt":"x","n":2}`, nil,
		providertest.Seed{Status: 200, Body: `{"id":"03ff3cd0820949eb8a410056b5f21d38","data":{"image_urls":["https://x/a.jpeg","https://x/b.jpeg"]},"metadata":{"success_count":"2","failed_count":"0"},"base_resp":{"status_code":0,"status_msg":"success"}}`},
		providertest.Seed{Status: 200, Body: `{"data":{"image_base64":["aGk=",7]},"metadata":{"success_count":-1},"base_resp":{"status_code":"0"}}`},
		providertest.Seed{Status: 200, Body: `{"data":null,"metadata":{"success_count":0},"base_resp":{"status_code":0}}`},
		providertest.Seed{Status: 200, Body: `{"data":null,"base_resp":{"status_code":1026,"status_msg":"sk-fuzz-0123456789"}}`},
		providertest.Seed{Status: 200, Body: `{"base_resp":{"status_code":"sk-fuzz-0123456789"}}`},
		providertest.Seed{Status: 200, Body: `{"data":{"image_urls":["https://x"]},"base_resp":{"status_code":1000}}`},
		providertest.Seed{Status: 200, Body: `<html>`},
		providertest.Seed{Status: 401, Body: `{"base_resp":{"status_code":1004}}`},
		providertest.Seed{Status: 500, Body: `{"base_resp":{"status_code":1002}}`},
	)
}

func FuzzH3(f *testing.F) {
	providertest.FuzzSubmit(f, route().AnyDriver, h3, `{"prompt":"x","image":"a"}`, nil,
		providertest.Seed{Status: 200, Body: `{"created":1795400000,"data":[{"url":"https://x/a.png"}],"usage":{"input_tokens":22,"output_tokens":9000,"total_tokens":9022}}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"b64_json":"aGk="},{"url":7}],"usage":{"input_tokens":-1,"output_tokens":1,"total_tokens":0,"input_tokens_details":{"text_tokens":1,"image_tokens":-2}}}`},
		providertest.Seed{Status: 200, Body: `{"data":[]}`},
		providertest.Seed{Status: 200, Body: `{"error":{"message":"no (1026)"}}`},
		providertest.Seed{Status: 422, Body: `{"error":{"message":"no (1026)","type":"unprocessable_entity_error","code":null}}`},
		providertest.Seed{Status: 429, Body: `{"error":{"message":"no (2056)","code":2056}}`},
		providertest.Seed{Status: 400, Body: `{"error":{"message":"sk-fuzz-0123456789","code":"sk-fuzz-0123456789"}}`},
		providertest.Seed{Status: 500, Body: `{"error":{"message":"no (1008)"}}`},
	)
}
