package web

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/fault"
)

// Limits of wrong keys. An address may send wrongBurst of them at once, and one more each
// wrongPause; further ones are answered by 429. A right key is always served, also from
// such an address: callers that share it with a guesser do not notice. A key that is short
// enough to be guessed is the exception: there it must have been used from that address
// before, since else the answers would tell a guesser when it is right.
const (
	wrongBurst = 20
	wrongPause = 3 * time.Second

	guessable    = 16 // characters below which a key may be guessed
	maxAddresses = 10_000
	maxKnown     = 1_000
	wrongLog     = time.Minute // wrong keys are logged as often as that, with their number
)

// Brake limits how many wrong keys an address can try.
type Brake struct {
	log zerolog.Logger

	mu        sync.Mutex
	addresses map[netip.Addr]tries
	known     map[knownKey]time.Time // guessable keys, by the time of their last use

	wrong  int // since the last line of the log
	from   map[netip.Addr]bool
	logged time.Time
	timer  *time.Timer // of the next line; nil: none is due
}

// tries are the wrong keys of an address.
type tries struct {
	left float64 // at the time at
	at   time.Time
}

// knownKey is a key that was right, from an address.
type knownKey struct {
	addr netip.Addr
	hash [sha256.Size]byte
}

// NewBrake makes a brake that logs wrong keys to log.
func NewBrake(log zerolog.Logger) *Brake {
	return &Brake{log: log, addresses: map[netip.Addr]tries{}, known: map[knownKey]time.Time{}, from: map[netip.Addr]bool{}}
}

// wrongKey counts a wrong key; its error is that of the request once there were too many.
func (b *Brake) wrongKey(addr netip.Addr) error {
	addr = network(addr)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count(addr)
	now := time.Now()
	t := b.tries(addr, now)
	if t.left < 1 {
		return tooManyWrong(t)
	}
	if _, ok := b.addresses[addr]; !ok && len(b.addresses) >= maxAddresses {
		b.sweep(now)
	}
	b.addresses[addr] = tries{t.left - 1, now}
	return nil
}

// rightKey says whether a right key is served: see guessable.
func (b *Brake) rightKey(addr netip.Addr, key string) error {
	if len(key) >= guessable {
		return nil
	}
	k := knownKey{network(addr), sha256.Sum256([]byte(key))}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if t := b.tries(k.addr, now); t.left < 1 && b.known[k].IsZero() {
		return tooManyWrong(t)
	}
	if len(b.known) >= maxKnown && b.known[k].IsZero() {
		for other := range b.known { // any
			delete(b.known, other)
			break
		}
	}
	b.known[k] = now
	return nil
}

// tries are those that an address has now.
func (b *Brake) tries(addr netip.Addr, now time.Time) tries {
	t, ok := b.addresses[addr]
	if !ok {
		return tries{wrongBurst, now}
	}
	return tries{min(wrongBurst, t.left+now.Sub(t.at).Seconds()/wrongPause.Seconds()), now}
}

// sweep makes room for an address: it removes those that have all their tries again, and
// any other if all have sent wrong keys lately.
func (b *Brake) sweep(now time.Time) {
	for addr := range b.addresses {
		if b.tries(addr, now).left >= wrongBurst {
			delete(b.addresses, addr)
		}
	}
	for addr := range b.addresses {
		if len(b.addresses) < maxAddresses {
			return
		}
		delete(b.addresses, addr)
	}
}

func tooManyWrong(t tries) error {
	f := fault.New(fault.Throttled, "too_many_wrong_keys", "Too many wrong API keys came from this address. A right key is still accepted.").WithCharge(fault.ChargedNo)
	f.RetryAfter = max(time.Second, time.Duration((1-t.left)*float64(wrongPause)))
	return f
}

// count logs a wrong key, at most once in wrongLog: the lines between have their number.
func (b *Brake) count(addr netip.Addr) {
	b.wrong++
	if len(b.from) < maxAddresses {
		b.from[addr] = true
	}
	if b.timer != nil {
		return
	}
	if pause := wrongLog - time.Since(b.logged); pause > 0 {
		b.timer = time.AfterFunc(pause, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.report(addr)
		})
		return
	}
	b.report(addr)
}

func (b *Brake) report(addr netip.Addr) {
	b.log.Warn().Int("wrong_keys", b.wrong).Int("addresses", len(b.from)).Stringer("ip", addr).Msg("requests with a wrong API key")
	b.wrong, b.logged, b.timer = 0, time.Now(), nil
	clear(b.from)
}
