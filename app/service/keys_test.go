package service_test

import (
	"path/filepath"
	"testing"

	"aigc/app/fault"
	"aigc/app/ledger"
	"aigc/app/provider"
	"aigc/app/service"
)

// A key of the ledger cannot be configured for another name. One of a configured name can
// be revoked.
func TestKeysOfLedgerAndSettings(t *testing.T) {
	t.Parallel()
	db, err := ledger.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "aigc.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	ring := service.Keyring{Ledger: db}
	ann, err := ring.AddKey(t.Context(), "ann", true)
	if err != nil {
		t.Fatal(err)
	}
	with := func(name, key string) service.Keyring {
		return service.Keyring{Ledger: db, Configured: []service.Key{{Name: name, Key: provider.Secret(key)}}}
	}
	for name, c := range map[string]struct {
		ring service.Keyring
		code string
	}{
		"none configured":      {ring, ""},
		"another key":          {with("bob", "hunter2hunter2hunter2"), ""},
		"the same, same name":  {with("ann", ann.Key), ""},
		"the same, other name": {with("bob", ann.Key), "key_of_two_names"},
	} {
		code := ""
		if err := c.ring.Check(t.Context()); err != nil {
			code = fault.From(err).StableCode()
		}
		if code != c.code {
			t.Errorf("%s: %q, want %q", name, code, c.code)
		}
	}
	both := with("ann", "hunter2hunter2hunter2")
	if left, err := both.RevokeKey(t.Context(), "ann"); err != nil || left.Keys != 1 {
		t.Errorf("a key of a configured name is not revoked: %+v %v", left, err)
	}
	if _, err := both.RevokeKey(t.Context(), "ann"); fault.From(err).StableCode() != "key_configured" {
		t.Errorf("a configured key: %v", err)
	}
}
