package ark

import (
	"encoding/json"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Whatever the answer holds: no panic, and an error is never beside results.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"model":"m","data":[{"url":"https://x"},{"error":{"code":"OutputImageSensitiveContentDetected","message":"no"}}]}`))
	f.Add([]byte(`{"data":[],"error":{"code":"InternalServiceError"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var w answer
		if json.Unmarshal(body, &w) != nil {
			return
		}
		a, err := w.read(provider.Response{Status: 200})
		if err != nil && len(a.Results) > 0 {
			t.Error("results and an error")
		}
	})
}

func FuzzFailure(f *testing.F) {
	f.Add(429, []byte(`{"error":{"code":"QuotaExceeded","message":"x"}}`))
	f.Add(500, []byte(`{"error":{"code":"InternalServiceError","message":"x"}}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := failure(provider.Response{Status: status, Body: body})
		if e.Kind == "" {
			t.Errorf("%+v", e)
		}
		if status >= 500 && (e.Kind == fault.RateLimited || e.Kind == fault.Invalid || e.Kind == fault.Rejected) {
			t.Errorf("status %d is taken for a refusal: %+v", status, e)
		}
	})
}
