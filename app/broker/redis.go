package broker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/rs/zerolog"
)

// Redis is a [Broker] that several processes share: asynq for wake-ups, Redis
// PUBLISH and SUBSCRIBE for events and for polling at the right time, redis_rate for limits.
type Redis struct {
	log      zerolog.Logger
	origin   string // random id in this broker's events, which it skips when Redis sends them back
	hub      hub
	handlers *handlers
	redis    *redis.Client
	queue    *asynq.Client
	limiter  *redis_rate.Limiter

	outbox         chan message
	background     sync.WaitGroup // goroutines of send and listen
	unavailableLog throttle       // limits the log line about an unavailable Redis
	circuit        circuit        // around Allow and Check
	unlimited      prometheus.Counter
	emptyPoll      time.Duration

	mu       sync.Mutex
	servers  []*asynq.Server
	gates    map[string][]*gate // of the servers, by queue
	closing  sync.Once
	closeErr error
}

// Timeouts of Redis commands. Requests of callers wait only for Allow, which has
// limitTimeout, and probes for Check.
const (
	dialTimeout    = time.Second
	commandTimeout = 3 * time.Second
	checkTimeout   = limitTimeout
)

// NewRedis returns a broker for the Redis at url and starts its goroutines. It does
// not wait for a connection; see [Redis.Check]. The error of a malformed url does
// not contain the url, which can hold a password.
func NewRedis(url string, log zerolog.Logger) (*Redis, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("REDIS_URL is not a valid address; it must be like redis://:password@host:6379/0")
	}
	opts.DialTimeout, opts.DialerRetries, opts.MaxRetries = dialTimeout, 1, 1 // the defaults retry a dial for seconds
	opts.ReadTimeout, opts.WriteTimeout = commandTimeout, commandTimeout
	opts.ContextTimeoutEnabled = true
	logging.Disable() // go-redis also returns its errors, and its lines do not have the log's format
	b := &Redis{
		log: log, origin: rand.Text(), handlers: newHandlers(log), redis: redis.NewClient(opts),
		outbox: make(chan message, queueSize), unavailableLog: throttle{period: 30 * time.Second},
		circuit: circuit{pause: circuitPause}, unlimited: newUnlimited(), emptyPoll: emptyPoll, gates: map[string][]*gate{},
	}
	b.queue = asynq.NewClientFromRedisClient(b.redis)
	b.limiter = redis_rate.NewLimiter(b.redis)
	b.background.Go(func() { b.listen(channel, b.receiveEvent) })
	for range senders {
		b.background.Go(b.send)
	}
	return b, nil
}

// Subscribe implements [Broker].
func (b *Redis) Subscribe(f func(Event)) (stop func()) { return b.hub.subscribe(f) }

// checkScript does what waking a worker needs: it runs a script that writes and publishes.
// A Redis that is full, a replica or forbids it by an ACL answers PING and wakes no worker.
// The message names no queue, so that no worker looks into one.
var checkScript = redis.NewScript("redis.call('SET', KEYS[1], '', 'PX', 60000) return redis.call('PUBLISH', ARGV[1], '')")

const checkKey = "aigc:check"

// Check implements [Broker].
func (b *Redis) Check(ctx context.Context) error {
	if !b.circuit.enter() {
		return errUnavailable
	}
	checkCtx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	err := checkScript.Run(checkCtx, b.redis, []string{checkKey}, wakeChannel).Err()
	if b.end(ctx, err); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	return nil
}

// end records how a call that the circuit allowed has ended. A canceled call says nothing
// of Redis.
func (b *Redis) end(ctx context.Context, err error) {
	if err != nil && ctx.Err() != nil {
		b.circuit.abandon()
		return
	}
	b.circuit.leave(err == nil)
}

// Close implements [Broker].
func (b *Redis) Close() error {
	b.closing.Do(func() {
		b.mu.Lock()
		servers := b.servers
		for _, s := range servers {
			s.Stop() // stop taking wake-ups from Redis, so that other processes get them
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

// logUnavailable logs a warning that Redis is unavailable, at most every 30 s, since
// many commands fail for the same reason. The others are logged at debug level.
func (b *Redis) logUnavailable(err error) {
	level := zerolog.DebugLevel
	if b.unavailableLog.ready() {
		level = zerolog.WarnLevel
	}
	b.log.WithLevel(level).Err(err).Msg("Redis is unavailable: workers find due tasks by the monitor only, and rate limits are off")
}
