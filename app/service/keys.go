package service

import (
	"context"
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// Keyring implements [KeyAdmin] on a ledger.
type Keyring struct {
	Ledger     task.CallerKeys
	Configured []Key // of AIGC_API_KEYS, which only the settings change
}

// KeyView is a caller's key, without the key itself.
type KeyView struct {
	Name     string     `json:"name"`
	Admin    bool       `json:"admin" doc:"The key sees and changes all callers' tasks and files, and the keys."`
	Created  *time.Time `json:"created" doc:"Null for a key of the settings."`
	LastUsed *string    `json:"last_used" format:"date" doc:"Day of the last use, UTC. Null: never, or a key of the settings."`
	Source   string     `json:"source" enum:"ledger,AIGC_API_KEYS"`
}

// NewKey is a key that was just made.
type NewKey struct {
	KeyView
	Key   string `json:"key" doc:"The key itself. It is shown this once; only its hash is stored."`
	First bool   `json:"first" doc:"Before, callers needed no key. Tasks made without one are visible to admins only."`
}

// KeysLeft is what is left after a key was revoked.
type KeysLeft struct {
	Name   string `json:"name" doc:"The revoked key."`
	Keys   int    `json:"keys_left" doc:"With 0 the server answers no caller until a key is made on its machine: aigc keys add NAME --admin."`
	Admins int    `json:"admins_left"`
}

// KeyListView is the answer to a request for all keys.
type KeyListView struct {
	Keys []KeyView `json:"keys" nullable:"false"`
}

// Open says whether a server that only this machine reaches needs no key: there never was
// one.
func (k Keyring) Open(ctx context.Context) (bool, error) {
	_, open, err := k.all(ctx)
	return open, err
}

// all are the keys, those of the settings last, and whether there never was one.
func (k Keyring) all(ctx context.Context) (keys []task.APIKey, open bool, err error) {
	if keys, err = k.Ledger.Keys(ctx); err != nil {
		return nil, false, err
	}
	for _, c := range k.Configured {
		keys = append(keys, task.APIKey{Name: c.Name, Hash: HashKey(c.Key.Reveal()), Admin: c.Admin})
	}
	if len(keys) > 0 {
		return keys, false, nil
	}
	needed, err := k.Ledger.KeysNeeded(ctx)
	return nil, err == nil && !needed, err
}

// Check returns a fault if a key of the settings is a key of the ledger under another name:
// the key would be that of two callers, and revoking it would leave the other.
func (k Keyring) Check(ctx context.Context) error {
	if len(k.Configured) == 0 {
		return nil
	}
	stored, err := k.Ledger.Keys(ctx)
	for _, c := range k.Configured {
		hash := HashKey(c.Key.Reveal())
		for _, s := range stored {
			if s.Name != c.Name && s.Hash == hash {
				return fault.New(fault.Conflict, "key_of_two_names", "The key of %s in AIGC_API_KEYS is already the key of %s, which was made here. Remove it from AIGC_API_KEYS, or revoke the other: aigc keys revoke %s.", c.Name, s.Name, s.Name)
			}
		}
	}
	return err
}

// ListKeys returns all keys, those of the settings last.
func (k Keyring) ListKeys(ctx context.Context) ([]KeyView, error) {
	keys, _, err := k.all(ctx)
	out := []KeyView{}
	for _, key := range keys {
		out = append(out, newKeyView(key))
	}
	return out, err
}

func newKeyView(k task.APIKey) KeyView {
	v := KeyView{Name: k.Name, Admin: k.Admin, Source: "AIGC_API_KEYS"}
	if !k.Created.IsZero() {
		v.Created, v.Source = &k.Created, "ledger"
	}
	if !k.Used.IsZero() {
		day := k.Used.UTC().Format(time.DateOnly)
		v.LastUsed = &day
	}
	return v
}

// AddKey makes a key. A name that has one already is a fault of kind Conflict.
func (k Keyring) AddKey(ctx context.Context, name string, admin bool) (*NewKey, error) {
	if err := task.CheckKeyName(name); err != nil {
		return nil, fault.InvalidInput(fault.Detail{Location: "body.name", Message: err.Error()})
	}
	for _, c := range k.Configured {
		if c.Name == name {
			return nil, fault.New(fault.Conflict, "key_exists", "There is a key of this name in AIGC_API_KEYS already.").WithCharge(fault.ChargedNo)
		}
	}
	open, err := k.Open(ctx)
	if err != nil {
		return nil, err
	}
	made := task.APIKey{Name: name, Admin: admin, Created: time.Now().Truncate(time.Millisecond)}
	out := &NewKey{KeyView: newKeyView(made), Key: "aigc_" + task.RandomHex(24), First: open}
	made.Hash = HashKey(out.Key)
	switch added, err := k.Ledger.AddKey(ctx, made); {
	case err != nil:
		return nil, err
	case !added:
		return nil, fault.New(fault.Conflict, "key_exists", "There is a key of this name already; `aigc keys revoke NAME` revokes it.").WithCharge(fault.ChargedNo)
	}
	return out, nil
}

// RevokeKey revokes a key of the ledger, also if the settings have another one of its name.
// That no key is left opens nothing.
func (k Keyring) RevokeKey(ctx context.Context, name string) (*KeysLeft, error) {
	err := k.Ledger.RevokeKey(ctx, name)
	configured := slices.ContainsFunc(k.Configured, func(c Key) bool { return c.Name == name })
	switch {
	case configured && fault.KindOf(err) == fault.NotFound:
		return nil, fault.New(fault.Conflict, "key_configured", "This key comes from AIGC_API_KEYS; remove it there and restart the server.").WithCharge(fault.ChargedNo)
	case err != nil:
		return nil, err
	}
	left := &KeysLeft{Name: name}
	keys, _, err := k.all(ctx)
	for _, key := range keys {
		left.Keys++
		if key.Admin {
			left.Admins++
		}
	}
	return left, err
}

// keyring is that of the service's ledger and settings.
func (s *Service) keyring() Keyring { return Keyring{s.Ledger, s.Keys} }

// ListKeys implements [KeyAdmin].
func (s *Service) ListKeys(ctx context.Context) ([]KeyView, error) { return s.keyring().ListKeys(ctx) }

// AddKey implements [KeyAdmin].
func (s *Service) AddKey(ctx context.Context, name string, admin bool) (*NewKey, error) {
	defer s.keyCache.forget()
	return s.keyring().AddKey(ctx, name, admin)
}

// RevokeKey implements [KeyAdmin].
func (s *Service) RevokeKey(ctx context.Context, name string) (*KeysLeft, error) {
	defer s.keyCache.forget()
	return s.keyring().RevokeKey(ctx, name)
}
