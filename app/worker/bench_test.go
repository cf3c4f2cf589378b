package worker_test

import (
	"encoding/base64"
	"net/http"
	"testing"

	"aigc/app/worker/workertest"
)

// BenchmarkImage runs one task with a small image after another through the whole
// engine; profile it with -cpuprofile.
func BenchmarkImage(b *testing.B) {
	pngBase64 := base64.StdEncoding.EncodeToString(workertest.PNG())
	e, _ := workertest.NewFakeVendor(b, false, []string{"key"}, func(w http.ResponseWriter, _ *http.Request) {
		workertest.Reply(w, workertest.FakeAnswer{B64: []string{pngBase64}})
	})
	for b.Loop() {
		e.Run("toy.image", `{"prompt":"x"}`)
	}
}
