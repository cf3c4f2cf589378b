package providertest

import (
	"testing"

	"aigc/app/provider"
)

// Placeholders of files are random, golden files must not be; base64 and URLs stay.
func TestMaskFiles(t *testing.T) {
	t.Parallel()
	a := provider.Answer{Results: []provider.Result{{Base64: "blob:XYZ:0"}, {Base64: "aGk="}, {URL: "https://x"}}}
	maskResults(&a, "https://vendor.test")
	maskResults(nil, "")
	if r := a.Results; r[0].Base64 != "blob:file" || r[1].Base64 != "aGk=" || r[2].Base64 != "" || r[2].URL != "https://x" {
		t.Errorf("%+v", r)
	}
}
