package worker_test

import (
	"encoding/base64"
	"net/http"
	"testing"

	"aigc/app/worker/workertest"
)

// One small picture after another through the whole engine; profile it with
// -cpuprofile.
func BenchmarkPicture(b *testing.B) {
	picture := base64.StdEncoding.EncodeToString(workertest.PNG())
	e, _ := workertest.NewFakeVendor(b, false, []string{"key"}, func(w http.ResponseWriter, _ *http.Request) {
		workertest.Reply(w, workertest.FakeAnswer{B64: []string{picture}})
	})
	for b.Loop() {
		e.Run("toy.image", `{"prompt":"x"}`)
	}
}
