// Package dispatch starts accepted tasks in worker processes, by the queues of the
// broker.
package dispatch

import (
	"aigc/app/broker"
	"aigc/app/task"
)

// Waker wakes a worker for a task by a queue; a broker is one.
type Waker interface{ Wake(queue, task string) }

// ToQueue is the dispatcher of a process without a worker: Reserve returns nil, and
// Dispatch wakes the queue of the task's media.
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
