package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"aigc/app/task"
)

// historySilence is how long the stream must be silent for its history to count as
// complete: the server sends all past events at once, without an end mark.
const historySilence = 500 * time.Millisecond

// events calls each for the past events of a task, from the server's event stream;
// with follow also for new ones, until the task has ended.
func (c *client) events(ctx context.Context, id string, follow bool, each func(task.Event) error) error {
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	res, err := c.send(reading, http.MethodGet, taskPath(id, "events"), nil, "Accept", "text/event-stream")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return readProblem(c, res)
	}
	silence := time.AfterFunc(10*time.Second, cancel)
	defer silence.Stop()
	if follow {
		silence.Stop()
	}
	received := false
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		var e task.Event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return fmt.Errorf("an event of the server cannot be decoded: %w", err)
		}
		if err := each(e); err != nil {
			return err
		}
		if received = true; !follow {
			silence.Reset(historySilence)
		}
	}
	if err := lines.Err(); err != nil && ctx.Err() == nil && (follow || !received) {
		return newUnreachable(c.base, err)
	}
	return ctx.Err()
}
