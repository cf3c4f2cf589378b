package cli

import (
	"context"
	"errors"
	"time"

	"aigc/app/service"
)

// reconnectTimeout is how long a server may be unreachable, for example during a
// restart, before this process looks for another one or becomes it.
const reconnectTimeout = 10 * time.Second

// waitForTask waits until a task is done and shows its progress. If it returns
// early, the task goes on.
func (c *cli) waitForTask(ctx context.Context, s *session, v *service.View) (*service.View, error) {
	p := c.newProgress()
	defer p.end()
	step := 5 * time.Second
	if terminal(c.Err) {
		step = time.Second // the server answers when this is over or the task is done, so this is the refresh interval
	}
	p.show(v)
	var lostAt time.Time // when the server stopped answering; zero while it answers
	for !v.Status.Done() {
		next, err := s.task(ctx, v.TaskID, step)
		var lost *unreachable
		switch {
		case err == nil:
			v, lostAt = next, time.Time{}
			p.show(v)
			continue
		case !errors.As(err, &lost):
			return v, err
		case lostAt.IsZero():
			lostAt = time.Now()
			p.note("The server does not answer; trying again.")
		case time.Since(lostAt) > reconnectTimeout:
			if s.settings.URL != "" || s.local() {
				return v, err
			}
			// The server on the data folder has ended.
			p.note("The server has ended; looking for another one, or continuing in this process.")
			again, err := c.connect(ctx, s.settings, true)
			if err != nil {
				return v, err
			}
			*s, lostAt = *again, time.Time{}
		}
		select {
		case <-ctx.Done():
			return v, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
	return v, nil
}
