//go:build linux

package chaos_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/broker/brokertest"
	"aigc/app/ledger/pgtest"
)

const (
	key    = "chaos-0123456789abcdef"
	bucket = "images"
)

// cluster is the roles as separate processes, and the servers that they share.
type cluster struct {
	t        *testing.T
	database *pgtest.Server
	redis    *brokertest.Redis
	s3       *apptest.S3
	sandbox  *apptest.Sandbox
	vendor   *wire // from the workers to the sandbox
	apis     []*role
	workers  []*role
	mcp      *role
}

func start(t *testing.T) *cluster {
	bin := apptest.Binary(t, "")
	c := &cluster{t: t, database: startDatabase(t), redis: brokertest.StartRedis(t), s3: apptest.StartS3(t), sandbox: apptest.StartSandbox(t, bin)}
	c.vendor = newWire(t, strings.TrimPrefix(c.sandbox.URL, "http://"))
	shared := append(c.s3.Env(bucket),
		"DATABASE_URL="+c.database.Database(t), "REDIS_URL="+c.redis.URL(), "AIGC_SANDBOX_URL=http://"+c.vendor.addr,
		"AIGC_API_KEYS=chaos:"+key+":admin", "AIGC_RATE_LIMIT=0", "AIGC_LOG_LEVEL=info", "AIGC_LOG_FORMAT=json", "AIGC_SYNC_WAIT=5s",
	)
	address := apptest.FreeAddress(t)
	shared = append(shared, "AIGC_PUBLIC_URL=http://"+address)
	migrate := apptest.Run(t, bin, append(shared, "AIGC_DATA_DIR="+t.TempDir()), "migrate")
	if <-migrate.Ended(); migrate.ExitCode() != 0 {
		t.Fatalf("aigc migrate: %s", migrate.Log())
	}
	c.apis = []*role{
		{name: "serve-api", addr: address, env: append(slices.Clone(shared), "AIGC_ADDR="+address)},
		c.faceOn("serve-api", "AIGC_ADDR", shared),
	}
	c.mcp = c.faceOn("serve-mcp", "AIGC_MCP_ADDR", shared)
	c.workers = []*role{{name: "worker", env: shared}, {name: "worker", env: append(slices.Clone(shared), "AIGC_RESERVE_IMAGE=4MB", "AIGC_RESERVE_VIDEO=16MB", "AIGC_SPOOL_MAX=24MB")}}
	for _, r := range c.all() {
		r.t, r.bin, r.dir = t, bin, t.TempDir()
		r.start()
	}
	for _, r := range c.all() {
		r.waitReady()
	}
	return c
}

// startDatabase starts PostgreSQL. With -fsync it writes through to the disk, as in
// production, so that commits take their time; without, it is the server of short tests.
func startDatabase(t *testing.T) *pgtest.Server {
	if !*fsync {
		return pgtest.Start(t)
	}
	dir, err := os.MkdirTemp("", "aigc-pg-") // not t.TempDir, whose parent PostgreSQL's user may not enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	server, err := pgtest.Launch(dir, "fsync=on")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server
}

func (c *cluster) faceOn(name, setting string, shared []string) *role {
	addr := apptest.FreeAddress(c.t)
	return &role{name: name, addr: addr, env: append(slices.Clone(shared), setting+"="+addr)}
}

func (c *cluster) all() []*role { return append(append(slices.Clone(c.apis), c.mcp), c.workers...) }

// role is one process, which keeps its address and its data folder when it is restarted.
type role struct {
	t    *testing.T
	name string
	bin  string
	dir  string
	addr string // that it listens on; empty for a worker
	env  []string
	p    *apptest.Process
}

func (r *role) start() {
	r.p = apptest.Run(r.t, r.bin, append(slices.Clone(r.env), "AIGC_DATA_DIR="+r.dir), r.name)
}

// waitReady waits until the process is ready, and starts it again if it ends before that,
// as it does while a server that it needs is away.
func (r *role) waitReady() {
	r.t.Helper()
	apptest.Eventually(r.t, 90*time.Second, func() error {
		select {
		case <-r.p.Ended():
			last := r.p.Log()
			r.start()
			return fmt.Errorf("aigc %s ended: %s", r.name, last)
		default:
		}
		if !strings.Contains(r.p.Log(), `"message":"ready"`) {
			return fmt.Errorf("aigc %s is not ready", r.name)
		}
		return nil
	})
}

func (r *role) kill() { r.p.Kill() }

// stop ends the process by SIGTERM and reports whether it ended in time.
func (r *role) stop() error {
	r.p.Signal(syscall.SIGTERM)
	select {
	case <-r.p.Ended():
	case <-time.After(60 * time.Second):
		r.kill()
		return fmt.Errorf("aigc %s did not stop within 60 s", r.name)
	}
	if code := r.p.ExitCode(); code != 0 {
		return fmt.Errorf("aigc %s stopped with %d:\n%s", r.name, code, r.p.Log())
	}
	return nil
}

func (r *role) restart() {
	r.kill()
	r.start()
	r.waitReady()
}
