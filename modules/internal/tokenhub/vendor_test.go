package tokenhub

import (
	"testing"

	"github.com/kelseyhightower/envconfig"
)

// The settings have the names TENCENT_API_KEY and TENCENT_TOKENHUB_BASE_URL, without a
// prefix. The environment belongs to the process, so the test is not parallel.
func TestSettings(t *testing.T) {
	t.Setenv("TENCENT_API_KEY", "key-1,team=key-23456789")
	t.Setenv("TENCENT_TOKENHUB_BASE_URL", "https://hub.example")
	t.Setenv("TENCENT_BASE_URL", "https://aiart.example") // of the other vendor
	s := Vendor().Settings()
	if err := envconfig.Process(Vendor().Prefix, s); err != nil {
		t.Fatal(err)
	}
	list, err := s.Accounts()
	if err != nil || len(list) != 2 || list[1].Name != "team" {
		t.Fatalf("%v: %+v", err, list)
	}
	for _, a := range list {
		if a.BaseURL != "https://hub.example" || a.Variable != "TENCENT_API_KEY" || a.IsPair() {
			t.Errorf("%+v", a)
		}
	}
}
