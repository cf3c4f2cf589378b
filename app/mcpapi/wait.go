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

// wait waits for a task for at most d, and sends progress notifications to a
// client that asked for them. If waiting fails, it returns v, so that the caller
// does not lose the handle of a purchase.
func (s *Server) wait(ctx context.Context, c *call, v *service.View, d time.Duration) *service.View {
	if d <= 0 || v.Status.Done() {
		return v
	}
	if token := c.req.Params.GetProgressToken(); token != nil && c.out.stream {
		var wg sync.WaitGroup
		defer wg.Wait()
		notifying, stop := context.WithCancel(ctx)
		defer stop()
		p := &progress{token: token, session: c.req.Session, began: time.Now()}
		wg.Go(func() { s.sendProgress(notifying, c, v, p) })
	}
	now, err := s.tasks.Wait(ctx, c.caller, v.TaskID, d)
	if err != nil {
		c.log.Error().Err(err).Str("task", v.TaskID).Msg("waiting for a task failed; answering with its last known state")
		return v
	}
	return now
}

// sendProgress sends a progress notification at every change of the task, and at
// least once per Config.heartbeat, until ctx ends.
func (s *Server) sendProgress(ctx context.Context, c *call, v *service.View, p *progress) {
	changes := s.tasks.Watch(ctx, v.TaskID)
	tick := time.NewTicker(s.heartbeat)
	defer tick.Stop()
	for {
		p.notify(ctx, v)
		select {
		case <-ctx.Done():
			return
		case <-tick.C: // clients extend their timeout at each notification
		case <-changes:
			if now, err := s.tasks.Get(ctx, c.caller, v.TaskID); err == nil {
				v = now
			}
		}
	}
}

// progress sends the notifications of one call. The protocol requires the value to
// grow with each of them, so without a change it approaches the end of the range
// of the task's state.
type progress struct {
	token   any
	session *mcp.ServerSession
	began   time.Time
	last    float64
}

// stages are the ranges of the progress value in each state.
var stages = map[task.State][2]float64{
	task.Queued: {0.01, 0.1}, task.Submitting: {0.1, 0.9}, task.Running: {0.15, 0.9}, task.Storing: {0.9, 0.99},
}

func (p *progress) notify(ctx context.Context, v *service.View) {
	stage, known := stages[v.Status]
	if !known || ctx.Err() != nil {
		return // the answer follows
	}
	at := stage[0] + (stage[1]-stage[0])*v.Progress
	if at <= p.last {
		end := stage[1]
		if end <= p.last { // the task went back to an earlier state
			end = 1
		}
		at = p.last + (end-p.last)/10
	}
	p.last = at
	message := fmt.Sprintf("%s, %s", v.Status, time.Since(p.began).Round(time.Second))
	if v.Message != "" {
		message += ": " + v.Message
	}
	// An error is ignored: the client still gets the answer.
	_ = p.session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: p.token, Progress: at, Total: 1, Message: message})
}
