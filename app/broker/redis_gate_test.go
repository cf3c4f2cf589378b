package broker

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestGatePasses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		before func(*gate)
		after  time.Duration // since the poll before
		want   bool
	}{
		"the queue was empty":         {func(*gate) {}, 999 * time.Millisecond, false},
		"a pause later":               {func(*gate) {}, time.Second, true},
		"a wake-up was published":     {(*gate).wake, 0, true},
		"two were published":          {func(g *gate) { g.wake(); g.wake() }, 0, true},
		"one was published and found": {func(g *gate) { g.wake(); g.pass(time.Unix(0, 0)) }, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGate(ImageQueue, time.Second)
			if !g.pass(time.Unix(0, 0)) {
				t.Error("the first poll does not pass")
			}
			tt.before(g)
			if got := g.pass(time.Unix(0, 0).Add(tt.after)); got != tt.want {
				t.Errorf("passes: %t", got)
			}
		})
	}
}

// After a poll that found a wake-up, or failed for want of the script, the next one passes;
// other commands always do.
func TestGateHook(t *testing.T) {
	t.Parallel()
	var sent []string
	answer := error(nil)
	g := newGate(ImageQueue, time.Hour)
	process := g.ProcessHook(func(_ context.Context, cmd redis.Cmder) error {
		sent = append(sent, cmd.Name())
		cmd.SetErr(answer)
		return answer
	})
	send := func(result error, args ...any) {
		t.Helper()
		answer = result
		n := len(sent)
		if err := process(t.Context(), redis.NewCmd(t.Context(), args...)); len(sent) == n && err != redis.Nil {
			t.Errorf("%v was not sent, and answered with %v", args, err)
		}
	}
	poll := []any{"evalsha", "sha", 4, "asynq:{image_queue}:pending"}
	send(redis.Nil, poll...)
	send(redis.Nil, poll...) // not sent
	send(nil, "evalsha", "sha", 4, "asynq:{image_queue}:lease")
	send(nil, "ping")
	g.wake()
	send(context.DeadlineExceeded, poll...)
	send(nil, "eval", "text", 4, "asynq:{image_queue}:pending") // what asynq sends when Redis has not the script
	send(redis.Nil, poll...)
	send(redis.Nil, poll...) // not sent
	if got := strings.Join(sent, " "); got != "evalsha evalsha ping evalsha eval evalsha" {
		t.Error(got)
	}
}
