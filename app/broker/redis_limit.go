package broker

import (
	"context"
	"time"

	"github.com/go-redis/redis_rate/v10"
)

const (
	// limitTimeout is how long a request waits for Redis.
	limitTimeout = 500 * time.Millisecond
	// limitPause is how long limits are off after Redis did not answer, so that not
	// every request waits for limitTimeout.
	limitPause = time.Second
)

// Allow implements [Broker].
func (b *Redis) Allow(ctx context.Context, caller string, perMinute int) error {
	if perMinute <= 0 || time.Now().UnixNano() < b.limitsOffUntil.Load() {
		return nil
	}
	limitCtx, cancel := context.WithTimeout(ctx, limitTimeout)
	defer cancel()
	res, err := b.limiter.Allow(limitCtx, "aigc:limit:"+caller, redis_rate.PerMinute(perMinute))
	if err != nil {
		if ctx.Err() == nil { // Redis failed; the caller did not cancel
			b.limitsOffUntil.Store(time.Now().Add(limitPause).UnixNano())
			b.logUnavailable(err)
		}
		return nil
	}
	if res.Allowed > 0 {
		return nil
	}
	return throttled(perMinute, res.RetryAfter)
}
