// Package dispatch hands accepted tasks to workers of other processes, over the
// broker's queues.
package dispatch

import (
	"aigc/app/broker"
	"aigc/app/task"
)

// Waker tells some worker to look at a task; a broker is one.
type Waker interface{ Wake(queue, task string) }

// ToQueue is the dispatcher of a process without a worker: it reserves nothing
// and wakes the queue of every accepted task.
func ToQueue(w Waker) task.Dispatcher { return toQueue{w} }

type toQueue struct{ Waker }

// Reserve implements [task.Dispatcher].
func (toQueue) Reserve(*task.Task) task.Reservation { return nil }

// Dispatch implements [task.Dispatcher].
func (q toQueue) Dispatch(t *task.Task) {
	if !t.Group {
		q.Wake(broker.QueueFor(t.Media), t.ID)
	}
}
