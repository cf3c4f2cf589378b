package broker

import "strings"

// channel is the Redis channel of all events.
const channel = "aigc:tasks"

// progressMark precedes the task id of an event with Progress.
const progressMark = "~"

// encodeEvent returns the message of an event: "origin task" or "origin ~task".
func encodeEvent(origin string, e Event) string {
	if e.Progress {
		return origin + " " + progressMark + e.Task
	}
	return origin + " " + e.Task
}

// decodeEvent is the inverse of encodeEvent. Any text is accepted.
func decodeEvent(text string) (origin string, e Event) {
	origin, id, _ := strings.Cut(text, " ")
	id, found := strings.CutPrefix(id, progressMark)
	return origin, Event{Task: id, Progress: found}
}
