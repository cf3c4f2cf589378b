package broker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/go-redis/redis_rate/v10"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/rs/zerolog"

	"aigc/app/fault"
)

// Broker is a connection to Redis and what runs on it.
type Broker struct {
	embedded *miniredis.Miniredis // nil with a real Redis
	tick     *time.Ticker
	redis    *redis.Client
	queue    *asynq.Client
	limiter  *redis_rate.Limiter
	log      zerolog.Logger
	hub      hub
	wakes    chan wake
	quit     context.CancelFunc
	done     chan struct{}
	toldAway atomic.Int64 // when its absence was last told, in nanoseconds since 1970
	servers  []*asynq.Server
}

// channel carries task ids: the task has changed.
const channel = "aigc:tasks"

// Open connects to Redis, or starts one in the process when url is empty. It
// does not wait for Redis: whoever needs it finds out by [Broker.Check].
func Open(url string, log zerolog.Logger) (*Broker, error) {
	b := &Broker{log: log, wakes: make(chan wake, 4096), done: make(chan struct{})}
	opts := &redis.Options{}
	if url == "" {
		m := miniredis.NewMiniRedis()
		password := rand.Text() // others on this machine can reach the port too
		m.RequireAuth(password)
		if err := m.Start(); err != nil {
			return nil, fmt.Errorf("broker: %w", err)
		}
		b.embedded = m
		b.tick = time.NewTicker(100 * time.Millisecond)
		go func() { // miniredis has no clock of its own
			for range b.tick.C {
				m.FastForward(100 * time.Millisecond)
			}
		}()
		opts.Addr, opts.Password = m.Addr(), password
	} else {
		var err error
		if opts, err = redis.ParseURL(url); err != nil {
			return nil, errors.New("REDIS_URL is not an address such as redis://:password@host:6379/0") // its error repeats the password
		}
	}
	// A request never waits long for a broker that is away.
	opts.DialTimeout, opts.MaxRetries = time.Second, 1
	opts.ReadTimeout, opts.WriteTimeout = 3*time.Second, 3*time.Second
	logging.Disable() // its errors are returned too, and its lines are not in the log's form
	b.redis = redis.NewClient(opts)
	b.queue = asynq.NewClientFromRedisClient(b.redis)
	b.limiter = redis_rate.NewLimiter(b.redis)
	ctx, cancel := context.WithCancel(context.Background())
	b.quit = cancel
	go b.run(ctx)
	return b, nil
}

// Embedded says that the broker lives in this process and cannot be shared.
func (b *Broker) Embedded() bool { return b.embedded != nil }

// Check asks Redis whether it is there.
func (b *Broker) Check(ctx context.Context) error {
	if err := b.redis.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	return nil
}

// Allow counts one request of a caller against perMinute; a fault of kind
// Throttled when it is over. Without a broker nobody is held back.
func (b *Broker) Allow(ctx context.Context, caller string, perMinute int) error {
	if perMinute <= 0 {
		return nil
	}
	res, err := b.limiter.Allow(ctx, "aigc:limit:"+caller, redis_rate.PerMinute(perMinute))
	if err != nil {
		b.log.Warn().Err(err).Msg("rate limits are off while the broker is away")
		return nil
	}
	if res.Allowed > 0 {
		return nil
	}
	f := fault.New(fault.Throttled, "too_many_requests", "This key may make %d requests a minute.", perMinute).With(fault.ChargedNo)
	f.RetryAfter = res.RetryAfter
	return f
}

// Flush empties the broker; tests do it to prove that nothing is lost.
func (b *Broker) Flush(ctx context.Context) error { return b.redis.FlushAll(ctx).Err() }

// Close stops everything. It may be called twice.
func (b *Broker) Close() error {
	b.quit()
	<-b.done
	var all sync.WaitGroup
	for _, s := range b.servers {
		all.Go(s.Shutdown) // each ends its look at the queue first
	}
	all.Wait()
	b.servers = nil
	err := b.redis.Close()
	if b.embedded != nil {
		b.tick.Stop()
		b.embedded.Close()
	}
	if errors.Is(err, redis.ErrClosed) {
		return nil
	}
	return err
}
