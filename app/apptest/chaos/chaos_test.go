//go:build linux

package chaos_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/task"
)

var (
	tasks  = flag.Int("tasks", 240, "tasks to create")
	rounds = flag.Int("rounds", 1, "how often each fault happens at least")
	away   = flag.Duration("away", 5*time.Second, "how long the S3 service is away each time")
	fsync  = flag.Bool("fsync", false, "run PostgreSQL with fsync")
)

func TestMain(m *testing.M) { apptest.Main(m) }

// Under every fault nothing is lost, paid twice or mixed up, and every task in doubt had
// its answer lost on purpose.
func TestChaos(t *testing.T) {
	begun := time.Now()
	c := start(t)
	orders := makeOrders(*tasks)
	ctx, placed := context.WithCancel(t.Context())
	load := &callers{cluster: c, pace: 1500 * time.Millisecond}
	m := &monkey{cluster: c, away: *away, counts: map[string]int{}}
	go func() {
		defer placed()
		load.place(t.Context(), orders, 12)
	}()
	m.run(ctx, *rounds)
	<-ctx.Done()
	views := c.awaitDone(orders, 3*time.Minute)
	c.awaitRoles()
	c.awaitNoStrayFiles(views)
	out := c.check(orders, views, m.losses)
	for _, f := range out.faults {
		t.Error(f)
	}
	for _, err := range m.failed {
		t.Error(err)
	}
	fmt.Printf("chaos: %d tasks in %s, %d requests repeated; %d succeeded, %d failed, %d in doubt, of which %d explained; %d purchases\n",
		len(orders), time.Since(begun).Round(time.Second), load.repeats.Load(), out.states[task.Succeeded], out.states[task.Failed], out.states[task.InDoubt], out.explained,
		c.sandbox.Purchases().Total)
	for _, name := range slices.Sorted(maps.Keys(m.counts)) {
		fmt.Printf("chaos: %s: %d\n", name, m.counts[name])
	}
}
