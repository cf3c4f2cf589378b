package broker

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/rs/zerolog"
)

// The queues, each with slots of its own so that slow purchases never starve
// storing.
const (
	ImageQueue = "image_queue"
	VideoQueue = "video_queue"
	StoreQueue = "store_queue"
)

const wakeType = "aigc:wake"

type wake struct {
	queue string
	task  string
	event bool
}

// Wake tells some worker to look at a task. It returns at once and may fail
// unseen: the monitor finds what was not told.
func (b *Broker) Wake(queue, task string) { b.enqueue(wake{queue: queue, task: task}) }

func (b *Broker) enqueue(w wake) {
	select {
	case b.wakes <- w:
	default: // a broker that is away must not hold anybody up
		b.log.Debug().Str("task", w.task).Msg("too many wake-ups at once; left to the monitor")
	}
}

// push gives every wake-up an id of its own: an old one, archived or kept,
// would block the same id for days.
func (b *Broker) push(ctx context.Context, w wake) error {
	_, err := b.queue.EnqueueContext(ctx, asynq.NewTask(wakeType, []byte(w.task)),
		asynq.Queue(w.queue), asynq.TaskID(w.task+":"+uuid.NewString()), asynq.MaxRetry(0), asynq.Timeout(time.Hour), asynq.Retention(0))
	return err
}

// Serve calls handle for every wake-up of a queue, slots at a time, until
// Close. handle is called again for the same task now and then; it must look
// at the ledger first.
func (b *Broker) Serve(queue string, slots int, handle func(ctx context.Context, task string)) error {
	s := asynq.NewServerFromRedisClient(b.redis, asynq.Config{
		Concurrency: slots, Queues: map[string]int{queue: 1},
		TaskCheckInterval: b.look(), DelayedTaskCheckInterval: time.Second,
		ShutdownTimeout: time.Second, // the worker waits for purchases by itself
		Logger:          quiet{b.log}, LogLevel: asynq.WarnLevel,
		HealthCheckInterval: time.Minute,
	})
	err := s.Start(asynq.HandlerFunc(func(ctx context.Context, t *asynq.Task) error {
		handle(ctx, string(t.Payload()))
		return nil // the ledger knows the outcome
	}))
	if err != nil {
		return fmt.Errorf("broker: %s: %w", queue, err)
	}
	b.servers = append(b.servers, s)
	return nil
}

// look is the pause between two looks at an empty queue. In one process a wake-up
// is what found no free slot, so it waits anyway; and miniredis runs a script for
// each look, which at 50 ms would keep a tenth of a core busy with nothing.
func (b *Broker) look() time.Duration {
	if b.Embedded() {
		return 500 * time.Millisecond
	}
	return 50 * time.Millisecond
}

// quiet gives asynq's log to ours.
type quiet struct{ log zerolog.Logger }

func (q quiet) Debug(args ...any) { q.log.Trace().Msg(fmt.Sprint(args...)) }
func (q quiet) Info(args ...any)  { q.log.Debug().Msg(fmt.Sprint(args...)) }
func (q quiet) Warn(args ...any)  { q.log.Warn().Msg(fmt.Sprint(args...)) }
func (q quiet) Error(args ...any) { q.log.Error().Msg(fmt.Sprint(args...)) }
func (q quiet) Fatal(args ...any) { q.log.Error().Msg(fmt.Sprint(args...)) }
