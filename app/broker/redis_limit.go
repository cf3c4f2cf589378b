package broker

import (
	"context"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/prometheus/client_golang/prometheus"
)

const (
	// limitTimeout is how long a request waits for Redis.
	limitTimeout = 200 * time.Millisecond
	// circuitPause is how long limits are off after Redis did not answer. Then one
	// request at a time waits for it again.
	circuitPause = time.Second
)

// newUnlimited makes the counter of the requests that were allowed because Redis did not
// answer.
func newUnlimited() prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{
		Name: "aigc_rate_limit_skipped_total", Help: "Requests whose rate was not limited because Redis did not answer.",
	})
}

// Describe implements [prometheus.Collector].
func (b *Redis) Describe(ch chan<- *prometheus.Desc) { b.unlimited.Describe(ch) }

// Collect implements [prometheus.Collector].
func (b *Redis) Collect(ch chan<- prometheus.Metric) { b.unlimited.Collect(ch) }

// Allow implements [Broker].
func (b *Redis) Allow(ctx context.Context, caller string, perMinute int) error {
	if perMinute <= 0 {
		return nil
	}
	if !b.circuit.enter() {
		b.unlimited.Inc()
		return nil
	}
	limitCtx, cancel := context.WithTimeout(ctx, limitTimeout)
	defer cancel()
	res, err := b.limiter.Allow(limitCtx, "aigc:limit:"+caller, redis_rate.PerMinute(perMinute))
	b.end(ctx, err)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil
	case err != nil:
		b.unlimited.Inc()
		b.logUnavailable(err)
		return nil
	case res.Allowed > 0:
		return nil
	}
	return throttled(perMinute, res.RetryAfter)
}
