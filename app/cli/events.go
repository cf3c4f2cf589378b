package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"aigc/app/task"
)

// quiet is how long a stream is silent after it told what has happened so far;
// that comes in one piece.
const quiet = 500 * time.Millisecond

// events reads a task's history from the stream of events, and with follow
// what happens from now on, until the task has ended.
func (c *client) events(ctx context.Context, id string, follow bool, each func(task.Event) error) error {
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	res, err := c.send(reading, http.MethodGet, taskPath(id, "events"), nil, "Accept", "text/event-stream")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // only for its words
		return newProblem(c, res, raw)
	}
	silence := time.AfterFunc(10*time.Second, cancel)
	defer silence.Stop()
	if follow {
		silence.Stop()
	}
	told := false
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		var e task.Event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return fmt.Errorf("the server's events cannot be read: %w", err)
		}
		if err := each(e); err != nil {
			return err
		}
		if told = true; !follow {
			silence.Reset(quiet)
		}
	}
	if err := lines.Err(); err != nil && ctx.Err() == nil && (follow || !told) {
		return lost(c.base, err)
	}
	return ctx.Err()
}
