package veo3_test

import (
	"encoding/json"
	"testing"

	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/modules/veo3"
)

// The account is the sandbox's, with its tokens from the recording server.
func TestWire(t *testing.T) {
	m := veo3.New()
	vendor := providertest.Vendor(t, m, "vertex")
	providertest.Wire(t, m, func(base string, a *provider.Account) {
		a.Secret, _ = vendor.SandboxAttrs(base)
		if !json.Valid([]byte(a.Secret.Reveal())) {
			t.Fatal("the key file is no JSON")
		}
	})
}
