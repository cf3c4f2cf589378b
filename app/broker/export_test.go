package broker

import "time"

// SetEmptyPoll sets how often queues that are served from now on are polled while they are empty.
func (b *Redis) SetEmptyPoll(d time.Duration) { b.emptyPoll = d }

// WakeChannel is the channel of wake-ups.
const WakeChannel = wakeChannel
