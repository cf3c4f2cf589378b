package cli

import (
	"context"
	"errors"
	"time"

	"aigc/app/service"
)

// patience is how long a server that was there may be away, for a restart,
// before the task is looked for elsewhere.
const patience = 10 * time.Second

// follow waits until a task is settled, and shows how it gets on. The task
// goes on whatever happens to us.
func (c *cli) follow(ctx context.Context, s *session, v *service.View) (*service.View, error) {
	p := c.newProgress()
	defer p.end()
	step := 5 * time.Second
	if terminal(c.Err) {
		step = time.Second // a wait ends only when the task is settled
	}
	p.show(v)
	var away time.Time
	for !v.Status.Done() {
		next, err := s.task(ctx, v.TaskID, step)
		var gone *unreachable
		switch {
		case err == nil:
			v, away = next, time.Time{}
			p.show(v)
			continue
		case !errors.As(err, &gone):
			return v, err
		case away.IsZero():
			away = time.Now()
			p.note("The server does not answer; it is asked again.")
		case time.Since(away) > patience:
			if s.settings.URL != "" || s.local() {
				return v, err
			}
			// The server that we found on the data folder is gone for good.
			p.note("The server is gone; the work goes on here.")
			again, err := c.connect(ctx, s.settings, true)
			if err != nil {
				return v, err
			}
			*s, away = *again, time.Time{}
		}
		select {
		case <-ctx.Done():
			return v, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
	return v, nil
}
