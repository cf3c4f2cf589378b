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

// Local is the caller on an open server.
const Local = "local"

// keyring remembers the ledger's keys for a moment, so that not every request
// reads them, and a revoked one is out within seconds.
type keyring struct {
	mu   sync.Mutex
	keys []task.APIKey
	read time.Time
}

// keysFor is how long keys may be remembered.
const keysFor = 2 * time.Second

// HashKey is the stored form of a caller's key.
func HashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

func (s *Service) knownKeys(ctx context.Context) ([]task.APIKey, error) {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	if time.Since(s.keys.read) < keysFor {
		return s.keys.keys, nil
	}
	stored, err := s.Ledger.Keys(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range s.Keys {
		stored = append(stored, task.APIKey{Name: k.Name, Hash: HashKey(k.Key.Reveal()), Admin: k.Admin})
	}
	s.keys.keys, s.keys.read = stored, time.Now()
	return stored, nil
}

// Authenticate implements [API].
func (s *Service) Authenticate(ctx context.Context, key string) (Caller, error) {
	keys, err := s.knownKeys(ctx)
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
	for i := range keys { // all of them, so that the time tells nothing
		if subtle.ConstantTimeCompare(hash, []byte(keys[i].Hash)) == 1 {
			found = &keys[i]
		}
	}
	if found == nil {
		return Caller{}, fault.New(fault.Unauthenticated, "key_unknown", "The API key is not known here.").WithCharge(fault.ChargedNo)
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
