package provider_test

import (
	"testing"

	"aigc/app/provider"
)

// The vendor's base URL and its regions are official, a host whose name only looks
// similar is not.
func TestIsOfficialHost(t *testing.T) {
	t.Parallel()
	v := provider.Vendor{BaseURL: "https://us-central1-aiplatform.googleapis.com", Hosts: []string{"aiplatform.googleapis.com", ".bfl.ai"}}
	for base, want := range map[string]bool{
		"https://us-central1-aiplatform.googleapis.com":  true,
		"https://europe-west4-aiplatform.googleapis.com": true,
		"https://aiplatform.googleapis.com/":             true,
		"https://api.eu.bfl.ai":                          true,
		"https://aiplatform.googleapis.com.evil.example": false,
		"https://evil.example/aiplatform.googleapis.com": false,
		"https://notbfl.ai":                              false,
		"http://127.0.0.1:1234/vertex":                   false,
		"::":                                             false,
	} {
		if got := v.IsOfficialHost(base); got != want {
			t.Errorf("%s: %t", base, got)
		}
	}
}
