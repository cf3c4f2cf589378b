package mcpapi

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/service"
	"aigc/app/task"
)

// wait waits for a task and meanwhile tells a client that asked for it how far
// it is. When the wait itself fails, the task is as it was last seen: a caller
// must not lose the handle of what was bought.
func (s *Server) wait(ctx context.Context, c *call, v *service.View, d time.Duration) *service.View {
	if d <= 0 || v.Status.Done() {
		return v
	}
	if token := c.req.Params.GetProgressToken(); token != nil {
		var wg sync.WaitGroup
		defer wg.Wait()
		reporting, stop := context.WithCancel(ctx)
		defer stop()
		p := &progress{token: token, session: c.req.Session, began: time.Now()}
		wg.Go(func() { s.report(reporting, c, v, p) })
	}
	now, err := s.tasks.Wait(ctx, c.caller, v.TaskID, d)
	if err != nil {
		c.log.Error().Err(err).Str("task", v.TaskID).Msg("a task could not be waited for")
		return v
	}
	return now
}

// report sends notes of progress until ctx ends.
func (s *Server) report(ctx context.Context, c *call, v *service.View, p *progress) {
	news := s.tasks.Watch(ctx, v.TaskID)
	tick := time.NewTicker(s.heartbeat)
	defer tick.Stop()
	for {
		p.tell(ctx, v)
		select {
		case <-ctx.Done():
			return
		case <-tick.C: // clients are patient as long as they hear something
		case <-news:
			if now, err := s.tasks.Get(ctx, c.caller, v.TaskID); err == nil {
				v = now
			}
		}
	}
}

// progress is what a client was told. The protocol wants it to grow with every
// note, so where nothing is known it creeps towards the end of the stage.
type progress struct {
	token   any
	session *mcp.ServerSession
	began   time.Time
	last    float64
}

// stages are the shares of a task's states in the whole.
var stages = map[task.State][2]float64{
	task.Queued: {0.01, 0.1}, task.Submitting: {0.1, 0.9}, task.Running: {0.15, 0.9}, task.Storing: {0.9, 0.99},
}

func (p *progress) tell(ctx context.Context, v *service.View) {
	stage, under := stages[v.Status]
	if !under || ctx.Err() != nil {
		return // the answer itself comes now
	}
	at := stage[0] + (stage[1]-stage[0])*v.Progress
	if at <= p.last {
		end := stage[1]
		if end <= p.last { // it went back a stage
			end = 1
		}
		at = p.last + (end-p.last)/10
	}
	p.last = at
	note := fmt.Sprintf("%s, %s", v.Status, time.Since(p.began).Round(time.Second))
	if v.Message != "" {
		note += ": " + v.Message
	}
	// A client that does not hear it still gets the answer.
	_ = p.session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: p.token, Progress: at, Total: 1, Message: note})
}
