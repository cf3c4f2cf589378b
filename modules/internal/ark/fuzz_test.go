package ark

import (
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
)

func job() module.AnyDriver { return route().AnyDriver }

// For any answer: no panic, an unreadable body is no result, and every 5xx leaves
// the task in doubt.
func FuzzAnswer(f *testing.F) {
	providertest.FuzzSubmit(f, job(), "doubao-seedream-4-5-251128", `{"prompt":"x","sequential_image_generation":"auto"}`, nil,
		providertest.Seed{Status: 200, Body: `{"model":"doubao-seedream-4-5-251128","created":1,"data":[{"url":"https://x","size":"2048x2048"}],"usage":{"generated_images":1}}`},
		providertest.Seed{Status: 200, Body: `{"model":"m","data":[{"url":"https://x"},{"error":{"code":"OutputImageSensitiveContentDetected","message":"no"}}],"usage":{"generated_images":-1}}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"url":"https://x","size":5,"z_index":"a","name":null}],"usage":"none"}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"error":{"code":"InternalServiceError"}},{"url":7}]}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"b64_json":"aGk="},{}]}`},
		providertest.Seed{Status: 200, Body: `{"data":[]}`},
		providertest.Seed{Status: 200, Body: `{"data":null,"error":{"code":"InternalServiceError","message":"\u0000"}}`},
		providertest.Seed{Status: 200, Body: `<html>`},
		providertest.Seed{Status: 400, Body: `{"error":{"code":"InputImageRiskDetection","message":" Request id: 1","type":"BadRequest"}}`},
		providertest.Seed{Status: 401, Body: `{"error":{"code":"AuthenticationError","message":"sk-fuzz-0123456789"}}`},
		providertest.Seed{Status: 403, Body: `<html>sk-fuzz-0123456789</html>`},
		providertest.Seed{Status: 404, Body: `{"error":{"code":"ModelNotOpen"}}`},
		providertest.Seed{Status: 409, Body: `{"error":"x"}`},
		providertest.Seed{Status: 429, Body: `{"error":{"code":"QuotaExceeded","message":"x"}}`},
		providertest.Seed{Status: 500, Body: `{"error":{"code":"QuotaExceeded","message":5}}`},
		providertest.Seed{Status: 503, Body: `{"error":{"code":"ServerOverloaded","message":"x"}}`},
	)
}

// The positions of layers are kept, whatever they contain.
func FuzzLayers(f *testing.F) {
	providertest.FuzzSubmit(f, job(), "doubao-seedream-5-5-261028", `{"prompt":"x","image":"a","layer_decomposition":true}`, nil,
		providertest.Seed{Status: 200, Body: `{"data":[{"url":"https://x","z_index":0,"bounding_box":[0,0,1,1],"name":"n","description":"d"}],"usage":{"generated_images":1}}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"url":"https://x","bounding_box":{"x":1}}],"usage":null}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"url":"https://x"}],"usage":[1]}`},
		providertest.Seed{Status: 200, Body: `{"data":[{"error":{"code":"OutputImageSensitiveContentDetected"}}]}`},
	)
}
