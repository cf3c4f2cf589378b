package service

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"sync"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// Local is the name of the caller on an open server, where no key is needed.
const Local = "local"

// keySet is all callers' keys.
type keySet struct {
	keys []task.APIKey
	open bool // no key is needed
}

// keyUse is the days of the last use of keys that the ledger knows, by name.
type keyUse struct {
	mu   sync.Mutex
	days map[string]time.Time
}

// keyCacheTTL is how long cached keys are used. A revoked key is refused after at most
// that time, and the calls that wait with it end when they are checked again, see
// [aigc/app/web.Exchange.Authorize].
const keyCacheTTL = time.Second

// HashKey returns the form in which a caller's key is stored: SHA-256 in hex.
func HashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// callerKeys are all keys, and whether the server is open.
func (s *Service) callerKeys(ctx context.Context) (keys []task.APIKey, open bool, err error) {
	set, err := s.keyCache.get(ctx, func(ctx context.Context) (keySet, error) {
		keys, open, err := s.keyring().all(ctx)
		return keySet{keys, open && s.Loopback}, err
	}, func(keySet) bool { return true })
	if err != nil {
		return nil, false, err
	}
	return set.keys, set.open, nil
}

// Authenticate implements [API].
func (s *Service) Authenticate(ctx context.Context, key string) (Caller, error) {
	keys, open, err := s.callerKeys(ctx)
	switch {
	case err != nil:
		return Caller{}, err
	case open:
		return Caller{Name: Local, Admin: true}, nil
	case len(keys) == 0:
		return Caller{}, fault.New(fault.Unauthenticated, "no_keys", "This server needs an API key, and all keys were revoked. `aigc keys add NAME --admin` makes one, on the machine with its data folder.").WithCharge(fault.ChargedNo)
	case key == "":
		return Caller{}, fault.New(fault.Unauthenticated, "key_needed", "Send an API key: Authorization: Bearer <key>.").WithCharge(fault.ChargedNo)
	}
	hash := []byte(HashKey(key))
	var found *task.APIKey
	for i := range keys { // no break: the time must not depend on which key matches
		if subtle.ConstantTimeCompare(hash, []byte(keys[i].Hash)) == 1 {
			found = &keys[i]
		}
	}
	if found == nil {
		return Caller{}, fault.New(fault.Unauthenticated, "key_unknown", "This API key is not known to the server.").WithCharge(fault.ChargedNo)
	}
	s.noteUse(found)
	return Caller{Name: found.Name, Admin: found.Admin}, nil
}

// noteUse records the day of a key's use, once a day and in the background.
func (s *Service) noteUse(k *task.APIKey) {
	if k.Created.IsZero() { // of the settings
		return
	}
	day := time.Now().UTC().Truncate(24 * time.Hour)
	c := &s.keyUse
	c.mu.Lock()
	known := !c.days[k.Name].Before(day) || !k.Used.Before(day)
	if !known {
		c.days[k.Name] = day
	}
	c.mu.Unlock()
	if known {
		return
	}
	s.callers.background(func() {
		if err := s.Ledger.UseKey(context.Background(), k.Name, day); err != nil {
			s.Log.Warn().Err(err).Str("key", k.Name).Msg("the last use of a key was not recorded")
		}
	})
}

// Allow implements [API].
func (s *Service) Allow(ctx context.Context, c Caller) error {
	if c.Name == Local {
		return nil
	}
	return s.Broker.Allow(ctx, c.Name, s.PerMinute)
}
