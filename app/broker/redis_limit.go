package broker

import (
	"context"
	"time"

	"github.com/go-redis/redis_rate/v10"
)

const (
	// limitTimeout is how long a request waits for Redis to count it.
	limitTimeout = 500 * time.Millisecond
	// limitPause is for how long callers are not limited after Redis did not
	// answer, so that requests do not wait for it one after the other.
	limitPause = time.Second
)

// Allow implements [Broker].
func (b *Redis) Allow(ctx context.Context, caller string, perMinute int) error {
	if perMinute <= 0 || time.Now().UnixNano() < b.unlimited.Load() {
		return nil
	}
	asked, cancel := context.WithTimeout(ctx, limitTimeout)
	defer cancel()
	res, err := b.limiter.Allow(asked, "aigc:limit:"+caller, redis_rate.PerMinute(perMinute))
	if err != nil {
		if ctx.Err() == nil { // not the caller who left
			b.unlimited.Store(time.Now().Add(limitPause).UnixNano())
			b.logUnavailable(err)
		}
		return nil
	}
	if res.Allowed > 0 {
		return nil
	}
	return tooMany(perMinute, res.RetryAfter)
}
