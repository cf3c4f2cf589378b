package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
)

// wakeType is the type of all asynq tasks. The payload is the aigc task id.
const wakeType = "aigc:wake"

// enqueueWake puts a wake-up into Redis. Each gets a new asynq TaskID, because asynq
// refuses an id that an archived or retained asynq task has. MaxRetry is 0, since
// the monitor repeats wake-ups. Then it says so to the workers.
func (b *Redis) enqueueWake(ctx context.Context, queue, task string) error {
	_, err := b.queue.EnqueueContext(ctx, asynq.NewTask(wakeType, []byte(task)),
		asynq.Queue(queue), asynq.TaskID(task+":"+uuid.NewString()), asynq.MaxRetry(0), asynq.Timeout(time.Hour), asynq.Retention(0))
	if err != nil {
		return err
	}
	return b.redis.Publish(ctx, wakeChannel, queue).Err()
}

// openGates lets the servers of a queue poll it.
func (b *Redis) openGates(queue string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range b.gates[queue] {
		g.wake()
	}
}

// Serve implements [Broker].
func (b *Redis) Serve(queue string, slots int, handle Handler) error {
	gate := newGate(queue, b.emptyPoll)
	client := b.redis.WithTimeout(commandTimeout) // a copy with the same connections, for the hook
	client.AddHook(gate)
	s := asynq.NewServerFromRedisClient(client, asynq.Config{
		Concurrency: max(slots, 1), Queues: map[string]int{queue: 1},
		TaskCheckInterval: 50 * time.Millisecond, // the gate keeps most checks from Redis
		ShutdownTimeout:   time.Second,           // Close waits for handlers that take longer
		Logger:            asynqLogger{b}, LogLevel: asynq.WarnLevel,
		HealthCheckInterval: time.Minute,
		// Nothing is scheduled, retried or kept, so these find nothing.
		DelayedTaskCheckInterval: time.Minute, JanitorInterval: time.Minute,
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.handlers.ctx.Err() != nil {
		return errClosed
	}
	err := s.Start(asynq.HandlerFunc(func(ctx context.Context, t *asynq.Task) error {
		if !b.handlers.begin() {
			return nil
		}
		defer b.handlers.end()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(b.handlers.ctx, cancel)()
		b.handlers.call(ctx, queue, string(t.Payload()), handle)
		return nil // never an error: the state is in the ledger, so asynq must not retry or archive
	}))
	if err != nil {
		return fmt.Errorf("broker: %s: %w", queue, err)
	}
	b.servers = append(b.servers, s)
	if len(b.gates) == 0 {
		b.background.Go(func() { b.listen(wakeChannel, b.openGates) })
	}
	b.gates[queue] = append(b.gates[queue], gate)
	return nil
}

// asynqLogger writes asynq's log lines to the log. Handlers return no errors, so
// asynq's warnings and errors are about Redis.
type asynqLogger struct{ b *Redis }

// Debug implements [asynq.Logger].
func (l asynqLogger) Debug(args ...any) { l.b.log.Trace().Msg(fmt.Sprint(args...)) }

// Info implements [asynq.Logger].
func (l asynqLogger) Info(args ...any) { l.b.log.Debug().Msg(fmt.Sprint(args...)) }

// Warn implements [asynq.Logger].
func (l asynqLogger) Warn(args ...any) { l.b.logUnavailable(errors.New(fmt.Sprint(args...))) }

// Error implements [asynq.Logger].
func (l asynqLogger) Error(args ...any) { l.Warn(args...) }

// Fatal implements [asynq.Logger].
func (l asynqLogger) Fatal(args ...any) { l.Warn(args...) }
