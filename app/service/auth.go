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

// keyCache holds all callers' keys, so that not every request reads them from
// the ledger. A revoked key is refused after at most keyCacheTTL.
type keyCache struct {
	mu   sync.Mutex
	keys []task.APIKey
	read time.Time
}

// keyCacheTTL is how long cached keys are used.
const keyCacheTTL = 2 * time.Second

// HashKey returns the form in which a caller's key is stored: SHA-256 in hex.
func HashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

func (s *Service) callerKeys(ctx context.Context) ([]task.APIKey, error) {
	s.keyCache.mu.Lock()
	defer s.keyCache.mu.Unlock()
	if time.Since(s.keyCache.read) < keyCacheTTL {
		return s.keyCache.keys, nil
	}
	stored, err := s.Ledger.Keys(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range s.Keys {
		stored = append(stored, task.APIKey{Name: k.Name, Hash: HashKey(k.Key.Reveal()), Admin: k.Admin})
	}
	s.keyCache.keys, s.keyCache.read = stored, time.Now()
	return stored, nil
}

// Authenticate implements [API].
func (s *Service) Authenticate(ctx context.Context, key string) (Caller, error) {
	keys, err := s.callerKeys(ctx)
	if err != nil {
		return Caller{}, err
	}
	if len(keys) == 0 && s.Loopback {
		return Caller{Name: Local, Admin: true}, nil
	}
	if key == "" {
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
	return Caller{Name: found.Name, Admin: found.Admin}, nil
}

// Allow implements [API].
func (s *Service) Allow(ctx context.Context, c Caller) error {
	if c.Name == Local {
		return nil
	}
	return s.Broker.Allow(ctx, c.Name, s.PerMinute)
}
