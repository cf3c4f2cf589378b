package broker

import "context"

// message waits in a process to be sent to Redis.
type message struct {
	queue string // of a wake-up; "" for an event
	text  string // a task id, or an event as it is on the wire
}

// senders is how many messages are on their way at the same time; each is a
// round trip or two.
const senders = 4

// Wake implements [Broker].
func (b *Redis) Wake(queue, task string) { b.post(message{queue, task}) }

// Publish implements [Broker].
func (b *Redis) Publish(e Event) {
	if b.handlers.ctx.Err() == nil {
		b.hub.deliver(e)
		b.post(message{text: wire(b.origin, e)})
	}
}

// post hands a message to the senders, or drops it if they have too many.
func (b *Redis) post(m message) {
	if b.handlers.ctx.Err() != nil {
		return
	}
	select {
	case b.outbox <- m:
	default:
		b.log.Debug().Str("queue", m.queue).Msg("too many messages for Redis: one is dropped, the monitor finds the task")
	}
}

// send sends messages until the broker is closed.
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
	return b.enqueue(ctx, m.queue, m.text)
}

// listen delivers the events of other processes until the broker is closed.
// go-redis connects and subscribes again by itself.
func (b *Redis) listen() {
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
			if origin, e := parse(m.Payload); origin != b.origin {
				b.hub.deliver(e)
			}
		}
	}
}
