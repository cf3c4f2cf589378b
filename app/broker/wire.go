package broker

import "strings"

// channel is the Redis channel of all events.
const channel = "aigc:tasks"

// underway precedes the task id of an event that is not its end.
const underway = "~"

// wire writes an event as it is sent: "origin task" or "origin ~task".
func wire(origin string, e Event) string {
	if e.Progress {
		return origin + " " + underway + e.Task
	}
	return origin + " " + e.Task
}

// parse reads what wire wrote.
func parse(text string) (origin string, e Event) {
	origin, id, _ := strings.Cut(text, " ")
	id, found := strings.CutPrefix(id, underway)
	return origin, Event{Task: id, Progress: found}
}
