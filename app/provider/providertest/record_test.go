package providertest

import "testing"

// Signatures and JWTs differ from run to run and are masked; a key is not.
func TestMaskSignature(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"HMAC-SHA256 Credential=AK/20261123/cn-north-1/cv/request, SignedHeaders=host, Signature=12ab":     "HMAC-SHA256 (signed)",
		"TC3-HMAC-SHA256 Credential=AKID/2026-11-23/aiart/tc3_request, SignedHeaders=host, Signature=12ab": "TC3-HMAC-SHA256 (signed)",
		"Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln":                                                 "Bearer (signed)",
		"Bearer " + secretKey: "Bearer " + secretKey,
		"Bearer sk-1":         "Bearer sk-1",
		secretKey:             secretKey,
	} {
		if got := maskSignature(sent); got != want {
			t.Errorf("%s: %s, want %s", sent, got, want)
		}
	}
}
