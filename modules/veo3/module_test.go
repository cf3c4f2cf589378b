package veo3_test

import (
	"encoding/json"
	"testing"

	"aigc/app/provider"
	"aigc/app/provider/providertest"
	vertexsandbox "aigc/modules/internal/vertex/sandbox"
	"aigc/modules/veo3"
)

// The account is the sandbox's, with token endpoint and bucket at the recording
// server.
func TestWire(t *testing.T) {
	providertest.Wire(t, veo3.Module, func(base string, a *provider.Account) {
		attrs := a.Attrs
		vertexsandbox.New("veo-3.1-fast-generate-001").Complete(a)
		a.Attrs = attrs
		if !json.Valid([]byte(a.Secret.Reveal())) {
			t.Fatal("the key file is not JSON")
		}
		a.Attrs["gcs"] = base
	})
}

// Without a bucket the videos are inline.
func TestGenerate(t *testing.T) {
	providertest.Run(t, providertest.Harness{
		Module: veo3.Module, Sandbox: vertexsandbox.New("veo-3.1-fast-generate-001"), Operation: "veo3.generate",
		Input:  `{"prompt":"a boat","image":"fox","last_frame":"den","duration_seconds":4,"generate_audio":false,"aspect_ratio":"9:16"}`,
		Reason: "Support codes: 42237218. (video safety)",
		Lacks:  []providertest.Ability{providertest.Overload, providertest.Progress, providertest.Cancel, providertest.Address},
	})
}
