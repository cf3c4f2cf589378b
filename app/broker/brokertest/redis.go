package brokertest

import (
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/apptest/servers"
)

// Redis is a redis-server process for a test, on a free port and without
// persistence, so that a restart loses all data.
type Redis struct {
	*servers.Redis
	t testing.TB
}

// StartRedis starts a Redis that is killed at the end of the test. If redis-server
// is not installed the test is skipped; with AIGC_TEST_REQUIRE=all it fails.
func StartRedis(t testing.TB) *Redis {
	t.Helper()
	apptest.Need(t, "redis-server")
	server, err := servers.NewRedis(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &Redis{Redis: server, t: t}
	r.Start()
	t.Cleanup(r.Kill)
	return r
}

// Start starts the server again after Kill, on the same port, and waits until it
// answers. Another process may use the port for a moment.
func (r *Redis) Start() {
	r.t.Helper()
	apptest.Eventually(r.t, 30*time.Second, r.Redis.Start)
}

// Flush empties the server (FLUSHALL).
func (r *Redis) Flush() {
	r.t.Helper()
	r.do("FLUSHALL")
}

// do runs a command.
func (r *Redis) do(command string) {
	r.t.Helper()
	if _, err := r.Command(command); err != nil {
		r.t.Fatal(err)
	}
}
