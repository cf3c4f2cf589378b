package broker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/rs/zerolog"
)

// Redis is a [Broker] that processes share: wake-ups go through asynq, events
// through publish and subscribe, limits through redis_rate.
type Redis struct {
	log      zerolog.Logger
	origin   string // of this broker's events: it delivers them itself, and skips them when they come back
	hub      hub
	handlers *handlers
	redis    *redis.Client
	queue    *asynq.Client
	limiter  *redis_rate.Limiter

	outbox      chan message
	background  sync.WaitGroup // senders and listener
	unavailable throttle       // of the log line that says so
	unlimited   atomic.Int64   // limits are not asked for before then, in nanoseconds since 1970

	mu       sync.Mutex
	servers  []*asynq.Server
	closing  sync.Once
	closeErr error
}

// How long Redis may take. Requests wait for Allow only.
const (
	dialTimeout    = time.Second
	commandTimeout = 3 * time.Second
	checkTimeout   = 2 * time.Second
)

// NewRedis makes a broker on the Redis at url and begins to send and listen. It
// does not wait for Redis; [Redis.Check] says whether it is available. The error
// of a malformed url does not repeat it, since it may hold a password.
func NewRedis(url string, log zerolog.Logger) (*Redis, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("REDIS_URL is not an address such as redis://:password@host:6379/0")
	}
	opts.DialTimeout, opts.DialerRetries, opts.MaxRetries = dialTimeout, 1, 1 // by default a dial is repeated for seconds
	opts.ReadTimeout, opts.WriteTimeout = commandTimeout, commandTimeout
	opts.ContextTimeoutEnabled = true
	logging.Disable() // go-redis returns its errors too, and its lines are not in the log's format
	b := &Redis{
		log: log, origin: rand.Text(), handlers: newHandlers(log), redis: redis.NewClient(opts),
		outbox: make(chan message, queueSize), unavailable: throttle{period: 30 * time.Second},
	}
	b.queue = asynq.NewClientFromRedisClient(b.redis)
	b.limiter = redis_rate.NewLimiter(b.redis)
	b.background.Go(b.listen)
	for range senders {
		b.background.Go(b.send)
	}
	return b, nil
}

// Subscribe implements [Broker].
func (b *Redis) Subscribe(f func(Event)) (stop func()) { return b.hub.subscribe(f) }

// Check implements [Broker].
func (b *Redis) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	if err := b.redis.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	return nil
}

// Close implements [Broker].
func (b *Redis) Close() error {
	b.closing.Do(func() {
		b.mu.Lock()
		servers := b.servers
		for _, s := range servers {
			s.Stop() // takes no more wake-ups from Redis, which other processes can have
		}
		b.handlers.cancel()
		b.mu.Unlock()
		var all sync.WaitGroup
		for _, s := range servers {
			all.Go(s.Shutdown)
		}
		all.Wait()
		b.handlers.close()
		b.background.Wait()
		b.closeErr = b.redis.Close()
	})
	return b.closeErr
}

// logUnavailable says at most every 30 s that Redis is unavailable: that is one
// fault, however many commands fail by it.
func (b *Redis) logUnavailable(err error) {
	level := zerolog.DebugLevel
	if b.unavailable.ready() {
		level = zerolog.WarnLevel
	}
	b.log.WithLevel(level).Err(err).Msg("Redis is unavailable: wake-ups are left to the monitor, callers are not limited")
}
