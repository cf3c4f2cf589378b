//go:build linux

package chaos_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"
)

// monkey causes faults, one after another.
type monkey struct {
	*cluster
	away   time.Duration // how long S3 is away
	counts map[string]int
	failed []error

	mu     sync.Mutex
	losses []span // when answers of the vendor could be lost
	frozen *role
	done   sync.WaitGroup
}

// span is a time in which the answer to an open submission could be lost.
type span struct{ from, to time.Time }

// misdeed is a kind of fault.
type misdeed struct {
	name string
	do   func(*monkey)
}

var misdeeds = []misdeed{
	{"worker frozen past its lease", (*monkey).freezeWorker},
	{"worker killed", func(m *monkey) { m.lossy(func() { m.anyWorker().restart() }) }},
	{"Redis emptied", func(m *monkey) { m.redis.Flush() }},
	{"serve-api killed", func(m *monkey) { m.apis[rand.IntN(2)].restart() }},
	{"vendor connections cut", func(m *monkey) { m.lossy(func() { m.vendor.cut() }) }},
	{"PostgreSQL restarted", (*monkey).restartDatabase},
	{"serve-mcp killed", func(m *monkey) { m.mcp.restart() }},
	{"S3 away", (*monkey).removeBucket},
	{"worker killed", func(m *monkey) { m.lossy(func() { m.anyWorker().restart() }) }},
	{"Redis killed", func(m *monkey) { m.redis.Kill(); time.Sleep(2 * time.Second); m.redis.Start() }},
	{"every process restarted in turn", (*monkey).restartAll},
}

// run causes faults in turn, each at least rounds times, until ctx ends.
func (m *monkey) run(ctx context.Context, rounds int) {
	for i := 0; i < rounds*len(misdeeds) || ctx.Err() == nil; i++ {
		d := misdeeds[i%len(misdeeds)]
		d.do(m)
		m.counts[d.name]++
		time.Sleep(500*time.Millisecond + rand.N(time.Second))
	}
	m.done.Wait()
}

func (m *monkey) lossy(f func()) {
	s := span{from: time.Now()}
	f()
	s.to = time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.losses = append(m.losses, s)
}

// anyWorker is a worker that is not frozen.
func (m *monkey) anyWorker() *role {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.workers[rand.IntN(len(m.workers))]
	if w == m.frozen {
		w = m.workers[0]
		if w == m.frozen {
			w = m.workers[1]
		}
	}
	return w
}

// freezeWorker stops a worker for longer than its leases and its heartbeat last, beside
// the faults that follow. Answers that arrive in that time stay in its sockets.
func (m *monkey) freezeWorker() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.frozen != nil {
		return
	}
	w := m.workers[rand.IntN(len(m.workers))]
	m.frozen = w
	w.p.Signal(syscall.SIGSTOP)
	m.done.Go(func() {
		m.lossy(func() {
			time.Sleep(35 * time.Second)
			w.p.Signal(syscall.SIGCONT)
		})
		m.mu.Lock()
		m.frozen = nil
		m.mu.Unlock()
	})
}

func (m *monkey) restartDatabase() {
	m.database.Stop()
	time.Sleep(time.Second)
	m.database.Restart(m.t)
}

// removeBucket takes the S3 service away.
func (m *monkey) removeBucket() {
	m.s3.Kill()
	time.Sleep(m.away)
	m.s3.Start()
}

// restartAll stops one process after another by SIGTERM and starts it again, as a rolling
// update does.
func (m *monkey) restartAll() {
	for _, r := range m.all() {
		m.mu.Lock()
		frozen := r == m.frozen
		m.mu.Unlock()
		if frozen {
			continue
		}
		if err := r.stop(); err != nil {
			m.failed = append(m.failed, err)
		}
		r.start()
		r.waitReady()
	}
}
