package broker

import "context"

// message is a wake-up or an event that waits to be sent to Redis.
type message struct {
	queue string // of a wake-up; empty for an event
	text  string // task id of a wake-up, or encoded event
}

// senders is how many messages are sent concurrently; each takes up to three
// round trips.
const senders = 4

// Wake implements [Broker].
func (b *Redis) Wake(queue, task string) { b.enqueueMessage(message{queue, task}) }

// Publish implements [Broker].
func (b *Redis) Publish(e Event) {
	if b.handlers.ctx.Err() == nil {
		b.hub.deliver(e)
		b.enqueueMessage(message{text: encodeEvent(b.origin, e)})
	}
}

// enqueueMessage puts a message into the outbox, or drops it if the outbox is full.
func (b *Redis) enqueueMessage(m message) {
	if b.handlers.ctx.Err() != nil {
		return
	}
	select {
	case b.outbox <- m:
	default:
		b.log.Debug().Str("queue", m.queue).Msg("message for Redis dropped: the outbox is full; the monitor finds the task later")
	}
}

// send sends messages of the outbox until the broker is closed.
func (b *Redis) send() {
	for {
		select {
		case <-b.handlers.ctx.Done():
			return
		case m := <-b.outbox:
			ctx, cancel := context.WithTimeout(b.handlers.ctx, commandTimeout)
			err := b.deliver(ctx, m)
			cancel()
			if err != nil && b.handlers.ctx.Err() == nil {
				b.logUnavailable(err)
			}
		}
	}
}

func (b *Redis) deliver(ctx context.Context, m message) error {
	if m.queue == "" {
		return b.redis.Publish(ctx, channel, m.text).Err()
	}
	return b.enqueueWake(ctx, m.queue, m.text)
}

// listen calls f for each message of a channel until the broker is closed. go-redis
// reconnects and resubscribes automatically.
func (b *Redis) listen(channel string, f func(text string)) {
	sub := b.redis.Subscribe(b.handlers.ctx, channel)
	defer sub.Close()
	ch := sub.Channel()
	for {
		select {
		case <-b.handlers.ctx.Done():
			return
		case m, ok := <-ch:
			if !ok {
				return
			}
			f(m.Payload)
		}
	}
}

// receiveEvent delivers an event of another process.
func (b *Redis) receiveEvent(text string) {
	if origin, e := decodeEvent(text); origin != b.origin {
		b.hub.deliver(e)
	}
}
