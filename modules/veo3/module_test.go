package veo3_test

import (
	"encoding/json"
	"testing"

	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/modules/veo3"
)

// The account is the sandbox's, with its tokens and its bucket at the
// recording server.
func TestWire(t *testing.T) {
	m := veo3.New()
	vendor := providertest.Vendor(t, m, "vertex")
	providertest.Wire(t, m, func(base string, a *provider.Account) {
		a.Secret, _ = vendor.SandboxAttrs(base)
		if !json.Valid([]byte(a.Secret.Reveal())) {
			t.Fatal("the key file is no JSON")
		}
		a.Attrs["gcs"] = base
	})
}

// Without a bucket all comes inline. The film is as small as films are.
func TestGenerate(t *testing.T) {
	providertest.Run(t, providertest.Harness{
		Module: veo3.New(), Operation: "veo3.generate",
		Input:  `{"prompt":"a boat","image":"fox","last_frame":"den","duration_seconds":4,"generate_audio":false,"aspect_ratio":"9:16"}`,
		Reason: "Support codes: 42237218. (video safety)",
		Lacks:  []providertest.Ability{providertest.Overload, providertest.Progress, providertest.Cancel, providertest.Address},
	})
}
