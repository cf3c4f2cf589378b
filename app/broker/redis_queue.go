package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
)

// wakeType is the type of all asynq tasks; the payload is the id of our task.
const wakeType = "aigc:wake"

// enqueue puts a wake-up into Redis. Each has a TaskID of its own, because asynq
// refuses an id that an archived or retained task still has. MaxRetry is 0: the
// monitor repeats wake-ups.
func (b *Redis) enqueue(ctx context.Context, queue, task string) error {
	_, err := b.queue.EnqueueContext(ctx, asynq.NewTask(wakeType, []byte(task)),
		asynq.Queue(queue), asynq.TaskID(task+":"+uuid.NewString()), asynq.MaxRetry(0), asynq.Timeout(time.Hour), asynq.Retention(0))
	return err
}

// Serve implements [Broker].
func (b *Redis) Serve(queue string, slots int, handle Handler) error {
	s := asynq.NewServerFromRedisClient(b.redis, asynq.Config{
		Concurrency: max(slots, 1), Queues: map[string]int{queue: 1},
		TaskCheckInterval: 50 * time.Millisecond, DelayedTaskCheckInterval: time.Second,
		ShutdownTimeout: time.Second, // Close itself waits for handlers that take longer
		Logger:          asynqLogger{b}, LogLevel: asynq.WarnLevel,
		HealthCheckInterval: time.Minute,
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
		return nil // the ledger knows the outcome; asynq must not repeat or archive anything
	}))
	if err != nil {
		return fmt.Errorf("broker: %s: %w", queue, err)
	}
	b.servers = append(b.servers, s)
	return nil
}

// asynqLogger passes asynq's lines on. Since handlers return no errors, its
// warnings are about Redis.
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
